package io.cairnfs.client.mount;

import io.cairnfs.client.fuse.FuseMount;
import io.cairnfs.client.fuse.mounting.MountOptions;
import io.cairnfs.client.fuse.mounting.ServedMount;
import io.cairnfs.client.jnr.JnrMount;
import io.cairnfs.client.vfs.Vfs;
import java.io.IOException;
import java.nio.file.Path;

/** How a mount speaks to the kernel: the mount option {@code binding=}. */
public enum Binding {
  /** The kernel's own protocol, spoken here: all of POSIX that FUSE can carry. */
  KERNEL,

  /** libfuse 2 through jnr-fuse, which is loaded for this alone. */
  JNR;

  /**
   * Its name in {@code -o}.
   *
   * @throws IllegalArgumentException naming those there are
   */
  public static Binding of(String option) {
    return switch (option) {
      case "kernel" -> KERNEL;
      case "jnr" -> JNR;
      default ->
          throw new IllegalArgumentException(
              "mount option 'binding=" + option + "': there are binding=kernel and binding=jnr");
    };
  }

  /** What {@link #of} reads. */
  public String option() {
    return switch (this) {
      case KERNEL -> "kernel";
      case JNR -> "jnr";
    };
  }

  /**
   * Mounts a file system on a directory, and serves it.
   *
   * @throws IOException with the remedy, if it cannot be mounted
   */
  ServedMount mount(Path directory, Vfs vfs, MountOptions options)
      throws IOException, InterruptedException {
    return switch (this) {
      case KERNEL -> FuseMount.mount(directory, vfs, options);
      case JNR -> JnrMount.mount(directory, vfs, options);
    };
  }
}
