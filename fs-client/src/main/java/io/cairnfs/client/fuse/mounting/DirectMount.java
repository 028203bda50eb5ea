package io.cairnfs.client.fuse.mounting;

import io.cairnfs.client.fuse.linux.Errno;
import io.cairnfs.client.fuse.linux.LibC;
import io.cairnfs.client.fuse.protocol.Request;
import java.nio.file.Path;

/** Mounting by mount(2), as root. */
final class DirectMount {

  private static final String DEVICE = "/dev/fuse";
  private static final String ROOT_MODE = "40000"; // a directory, in octal

  private DirectMount() {}

  /** Mounts; returns the descriptor of /dev/fuse. */
  static int mount(Path directory, MountOptions options) throws MountException {
    int device = openDevice();
    int result =
        LibC.mount(
            options.source(),
            directory.toString(),
            MountOptions.TYPE,
            options.kernelBits(),
            data(device, options));
    if (result < 0) {
      LibC.close(device);
      throw failure(directory, -result);
    }
    return device;
  }

  private static String data(int device, MountOptions options) {
    return "fd="
        + device
        + ",rootmode="
        + ROOT_MODE
        + ",user_id="
        + LibC.effectiveUser()
        + ",group_id="
        + LibC.effectiveGroup()
        + ",max_read="
        + Request.MAX_DATA_BYTES
        + (options.allowOther() ? ",allow_other" : "")
        + (options.defaultPermissions() ? ",default_permissions" : "");
  }

  private static int openDevice() throws MountException {
    int device = LibC.open(DEVICE, LibC.O_RDWR | LibC.O_CLOEXEC);
    if (device >= 0) {
      return device;
    }
    throw new MountException(
        switch (-device) {
          case Errno.ENOENT, Errno.ENODEV, Errno.ENXIO ->
              DEVICE
                  + " is missing: run `modprobe fuse`, or give the container the device (`--device"
                  + " /dev/fuse`)";
          case Errno.EPERM, Errno.EACCES ->
              DEVICE + " may not be opened: give the container the device (`--device /dev/fuse`)";
          default -> DEVICE + " cannot be opened: " + LibC.describe(-device);
        });
  }

  private static MountException failure(Path directory, int errno) {
    return new MountException(
        "mounting on "
            + directory
            + " failed: "
            + LibC.describe(errno)
            + switch (errno) {
              case Errno.EPERM, Errno.EACCES ->
                  ": run it as root with CAP_SYS_ADMIN (a container needs `--cap-add SYS_ADMIN`),"
                      + " or install fuse3 and run it as a user";
              case Errno.ENODEV -> ": the kernel lacks FUSE: run `modprobe fuse`";
              case Errno.EBUSY ->
                  ": it is in use as a mount already: run `cairn umount " + directory + "` first";
              default -> "";
            });
  }
}
