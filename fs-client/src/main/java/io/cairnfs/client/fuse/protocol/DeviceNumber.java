package io.cairnfs.client.fuse.protocol;

/** A device number in the kernel's 32-bit encoding (new_encode_dev in linux/kdev_t.h). */
final class DeviceNumber {
  private DeviceNumber() {}

  static int major(int device) {
    return (device >>> 8) & 0xfff;
  }

  static int minor(int device) {
    return (device & 0xff) | ((device >>> 12) & 0xfff00);
  }
}
