package io.cairnfs.client.fuse.mounting;

import io.cairnfs.client.fuse.linux.LibC;
import java.io.IOException;
import java.nio.file.Path;

/** Mounting: whichever way the caller's rights allow. */
public final class Mounter {
  private Mounter() {}

  /**
   * A mount that is to be served.
   *
   * @param directory where it is, symlinks resolved
   * @param device descriptor of its /dev/fuse
   */
  public record Mounted(Path directory, int device) {}

  /**
   * Mounts on an existing directory, after removing the dead mount that a killed client may have
   * left there.
   *
   * @throws MountException with the remedy
   */
  public static Mounted mount(Path directory, MountOptions options)
      throws IOException, InterruptedException {
    Path real = MountPoint.prepare(directory);
    int device =
        LibC.effectiveUser() == 0
            ? DirectMount.mount(real, options)
            : Fusermount.mount(real, options);
    return new Mounted(real, device);
  }
}
