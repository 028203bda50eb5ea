package io.cairnfs.client.fuse;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairnfs.client.fuse.linux.LibC;
import io.cairnfs.client.fuse.linux.MountTable;
import io.cairnfs.client.fuse.mounting.MountOptions;
import io.cairnfs.client.fuse.mounting.Unmounter;
import io.cairnfs.client.vfs.Vfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A directory to mount on in a test, which is unmounted and gone after it, whatever happened. */
final class KernelMount {

  private final Path directory;
  private @Nullable FuseMount mount;

  /** Skips the test where nothing can be mounted. */
  KernelMount() throws IOException {
    assumeTrue(LibC.effectiveUser() == 0, "mounting needs root");
    assumeTrue(Files.exists(Path.of("/dev/fuse")), "mounting needs /dev/fuse");
    directory = Files.createTempDirectory("cairn-fuse-");
  }

  Path directory() {
    return directory;
  }

  FuseMount mount(Vfs vfs) throws IOException, InterruptedException {
    return mount(vfs, MountOptions.DEFAULT.withTimeout(Duration.ofSeconds(10)));
  }

  FuseMount mount(Vfs vfs, MountOptions options) throws IOException, InterruptedException {
    FuseMount mounted = FuseMount.mount(directory, vfs, options);
    mount = mounted;
    return mounted;
  }

  boolean isMounted() throws IOException {
    return MountTable.at(directory).isPresent();
  }

  void close() throws IOException, InterruptedException {
    while (isMounted()) {
      Unmounter.abort(directory);
    }
    if (mount != null) {
      mount.awaitUnmounted();
    }
    Files.delete(directory);
  }
}
