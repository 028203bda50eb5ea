package io.cairnfs.client.fuse;

import io.cairnfs.client.fuse.mounting.MountOptions;
import io.cairnfs.client.testing.MemoryVfs;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A process that mounts an empty {@link MemoryVfs} on its first argument, with the options of its
 * second, prints a line, and unmounts when its input ends.
 */
final class MountProcess {
  private MountProcess() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    MountOptions options = MountOptions.DEFAULT.with(arguments.length > 1 ? arguments[1] : "");
    FuseMount mount = FuseMount.mount(Path.of(arguments[0]), new MemoryVfs(), options);
    System.out.println("mounted");
    while (System.in.read() >= 0) {
      // until the end
    }
    mount.close();
    mount.awaitUnmounted();
    System.out.println("unmounted");
  }
}
