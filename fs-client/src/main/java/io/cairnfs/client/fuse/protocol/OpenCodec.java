package io.cairnfs.client.fuse.protocol;

import io.cairnfs.client.vfs.OpenFlags;
import io.cairnfs.client.vfs.Opened;
import java.nio.ByteBuffer;

/** Flags of open(2) (asm/fcntl.h) on the way in, struct fuse_open_out on the way out. */
public final class OpenCodec {

  public static final int OPEN_OUT_BYTES = 16;

  private static final int O_ACCMODE = 3;
  private static final int O_WRONLY = 1;
  private static final int O_RDWR = 2;
  private static final int O_EXCL = 0x80;
  private static final int O_TRUNC = 0x200;
  private static final int O_APPEND = 0x400;
  private static final int O_DSYNC = 0x1000;
  private static final int O_NOATIME = 0x40000;
  private static final int O_SYNC_BIT = 0x100000; // O_SYNC is this and O_DSYNC

  // O_DIRECT and O_DIRECTORY changed places on arm
  private static final int O_DIRECT =
      System.getProperty("os.arch", "").equals("aarch64") ? 0x10000 : 0x4000;

  private static final int FOPEN_DIRECT_IO = 1;
  private static final int FOPEN_KEEP_CACHE = 2;
  private static final int FOPEN_CACHE_DIR = 8;

  private OpenCodec() {}

  public static OpenFlags flags(int flags) {
    int access = flags & O_ACCMODE;
    return new OpenFlags(
        access != O_WRONLY,
        access == O_WRONLY || access == O_RDWR,
        (flags & O_APPEND) != 0,
        (flags & O_TRUNC) != 0,
        (flags & O_EXCL) != 0,
        (flags & O_DIRECT) != 0,
        (flags & O_DSYNC) != 0,
        (flags & O_SYNC_BIT) != 0,
        (flags & O_NOATIME) != 0);
  }

  /** Writes struct fuse_open_out for a file at {@code at}; returns its length. */
  public static int putFile(ByteBuffer out, int at, Opened opened) {
    return put(
        out,
        at,
        opened.handle(),
        (opened.direct() ? FOPEN_DIRECT_IO : 0) | (opened.keepCache() ? FOPEN_KEEP_CACHE : 0));
  }

  /**
   * Writes struct fuse_open_out for a directory. The kernel may keep the listing for as long as it
   * is told to keep the cache; otherwise it does not begin one.
   */
  public static int putDirectory(ByteBuffer out, int at, Opened opened) {
    return put(
        out, at, opened.handle(), opened.keepCache() ? FOPEN_KEEP_CACHE | FOPEN_CACHE_DIR : 0);
  }

  private static int put(ByteBuffer out, int at, long handle, int flags) {
    out.putLong(at, handle);
    out.putInt(at + 8, flags);
    out.putInt(at + 12, 0); // no backing file
    return OPEN_OUT_BYTES;
  }
}
