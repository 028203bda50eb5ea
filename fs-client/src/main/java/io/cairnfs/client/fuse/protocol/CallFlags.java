package io.cairnfs.client.fuse.protocol;

import io.cairnfs.client.vfs.Failure;
import io.cairnfs.client.vfs.Vfs.AllocateMode;
import io.cairnfs.client.vfs.Vfs.XattrMode;
import io.cairnfs.client.vfs.VfsException;

/** Flags of system calls (linux/falloc.h, linux/xattr.h) as the file system's modes. */
public final class CallFlags {

  private static final int KEEP_SIZE = 1;
  private static final int PUNCH_HOLE = 2;
  private static final int ZERO_RANGE = 0x10;

  private static final int XATTR_CREATE = 1;
  private static final int XATTR_REPLACE = 2;

  private CallFlags() {}

  /** The mode of fallocate(2). */
  public static AllocateMode allocate(int mode) throws VfsException {
    return switch (mode) {
      case 0 -> AllocateMode.ALLOCATE;
      case KEEP_SIZE -> AllocateMode.ALLOCATE_KEEP_SIZE;
      case PUNCH_HOLE | KEEP_SIZE -> AllocateMode.PUNCH_HOLE;
      case ZERO_RANGE -> AllocateMode.ZERO_RANGE;
      case ZERO_RANGE | KEEP_SIZE -> AllocateMode.ZERO_RANGE_KEEP_SIZE;
      default -> throw new VfsException(Failure.NOT_SUPPORTED);
    };
  }

  /** The flags of setxattr(2). */
  public static XattrMode xattr(int flags) throws VfsException {
    return switch (flags) {
      case 0 -> XattrMode.ANY;
      case XATTR_CREATE -> XattrMode.CREATE;
      case XATTR_REPLACE -> XattrMode.REPLACE;
      default -> throw new VfsException(Failure.INVALID);
    };
  }
}
