package io.cairnfs.client.fuse.mounting;

import io.cairnfs.client.fuse.linux.Errno;
import io.cairnfs.client.fuse.linux.LibC;
import io.cairnfs.client.fuse.linux.MountTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Unmounting, as root by umount2(2), as a user through fusermount3. These calls may wait for the
 * file system.
 */
public final class Unmounter {

  private static final Path CONNECTIONS = Path.of("/sys/fs/fuse/connections");

  private Unmounter() {}

  /**
   * Unmounts a mount that is not in use.
   *
   * @throws MountException if it is in use ({@link MountException#isBusy}) or may not be unmounted
   */
  public static void unmount(Path directory) throws IOException, InterruptedException {
    Path real = MountPoint.resolve(directory);
    if (LibC.effectiveUser() != 0) {
      Fusermount.unmount(real, false);
      return;
    }
    int result = LibC.unmount(real.toString(), LibC.UMOUNT_NOFOLLOW);
    switch (-result) {
      case 0 -> {}
      case Errno.EBUSY -> throw busy(real);
      case Errno.EINVAL -> throw new MountException(real + " is not a mount point");
      default ->
          throw new MountException("unmounting " + real + " failed: " + LibC.describe(-result));
    }
  }

  static MountException busy(Path directory) {
    return MountException.busy(
        directory
            + " is in use: close what is open there (`fuser -vm "
            + directory
            + "` shows who), or run `cairn umount --lazy "
            + directory
            + "`");
  }

  /** Takes a mount out of the tree of names at once; it ends when what is open there is closed. */
  public static void detach(Path directory) throws IOException, InterruptedException {
    Path real = MountPoint.resolve(directory);
    if (LibC.effectiveUser() != 0) {
      Fusermount.unmount(real, true);
      return;
    }
    int result = LibC.unmount(real.toString(), LibC.UMOUNT_DETACH | LibC.UMOUNT_NOFOLLOW);
    if (result < 0 && result != -Errno.EINVAL) {
      throw new MountException("detaching " + real + " failed: " + LibC.describe(-result));
    }
  }

  /**
   * Cuts a mount's connection, then detaches it: whatever waits in it fails, now and later. Needs
   * no answer from its process.
   */
  public static void abort(Path directory) throws IOException, InterruptedException {
    Path real = MountPoint.resolve(directory);
    if (LibC.effectiveUser() == 0) {
      // forced, it aborts the connection first; EBUSY then, if it is in use, which detaching does
      // not mind
      LibC.unmount(real.toString(), LibC.UMOUNT_FORCE | LibC.UMOUNT_NOFOLLOW);
    } else {
      Optional<MountTable.Mount> mount = MountTable.at(real);
      if (mount.isPresent()) {
        Path abort = CONNECTIONS.resolve(mount.get().minor()).resolve("abort");
        if (Files.isWritable(abort)) { // absent where fusectl is not mounted
          Files.writeString(abort, "1");
        }
      }
    }
    if (MountTable.at(real).filter(m -> m.type().equals(MountOptions.TYPE)).isPresent()) {
      detach(real);
    }
  }
}
