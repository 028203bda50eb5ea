package io.cairnfs.it.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * What statx(2) tells; times in nanoseconds since the epoch.
 *
 * @param mode type and permissions
 * @param links link count
 * @param uid owner
 * @param gid group
 * @param inode number
 * @param size in bytes
 * @param blocks allocated units of 512 bytes
 */
record FileStatus(
    int mode,
    int links,
    int uid,
    int gid,
    long inode,
    long size,
    long blocks,
    long atime,
    long birth,
    long ctime,
    long mtime) {

  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int BASIC_AND_BIRTH = 0xfff;
  private static final int STATX_MODE = 2;
  private static final int STATX_BYTES = 256;
  private static final long NANOS = 1_000_000_000;

  /** Of a path, symlinks not followed. */
  static FileStatus of(Path path) {
    return of(Libc.AT_FDCWD, path.toString(), AT_SYMLINK_NOFOLLOW);
  }

  static FileStatus of(Descriptor descriptor) {
    return of(descriptor.fd(), "", AT_EMPTY_PATH);
  }

  /** The low 12 bits of a path's mode, asking for no more, as {@code stat -c %a} does. */
  static int permissions(Path path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment statx = arena.allocate(STATX_BYTES, Long.BYTES);
      Libc.call("statx", Libc.AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_MODE, statx);
      return statx.get(ValueLayout.JAVA_SHORT, 28) & 07777;
    }
  }

  private static FileStatus of(int fd, String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment statx = arena.allocate(STATX_BYTES, Long.BYTES);
      Libc.call("statx", fd, path, flags, BASIC_AND_BIRTH, statx);
      return new FileStatus(
          Short.toUnsignedInt(statx.get(ValueLayout.JAVA_SHORT, 28)),
          statx.get(ValueLayout.JAVA_INT, 16),
          statx.get(ValueLayout.JAVA_INT, 20),
          statx.get(ValueLayout.JAVA_INT, 24),
          statx.get(ValueLayout.JAVA_LONG, 32),
          statx.get(ValueLayout.JAVA_LONG, 40),
          statx.get(ValueLayout.JAVA_LONG, 48),
          time(statx, 64),
          time(statx, 80),
          time(statx, 96),
          time(statx, 112));
    }
  }

  private static long time(MemorySegment statx, long at) {
    return statx.get(ValueLayout.JAVA_LONG, at) * NANOS
        + statx.get(ValueLayout.JAVA_INT, at + Long.BYTES);
  }

  /** The low 12 bits of the mode. */
  int permissions() {
    return mode & 07777;
  }
}
