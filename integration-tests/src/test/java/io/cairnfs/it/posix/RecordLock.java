package io.cairnfs.it.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Record locks of fcntl(2): what struct flock says.
 *
 * @param pid of the holder; -1 for a lock of an open file
 */
record RecordLock(int type, long start, long length, int pid) {

  static final int F_GETLK = 5;
  static final int F_SETLK = 6;
  static final int F_SETLKW = 7;
  static final int F_OFD_GETLK = 36;
  static final int F_OFD_SETLK = 37;
  static final int F_OFD_SETLKW = 38;

  static final int F_RDLCK = 0;
  static final int F_WRLCK = 1;
  static final int F_UNLCK = 2;

  private static final int FLOCK_BYTES = 32;
  private static final int START = 8;
  private static final int LENGTH = 16;
  private static final int PID = 24;

  /** Takes, changes or gives back a lock; gives 0 or the errno. */
  static int set(int fd, int command, int type, long start, long length) {
    try (Arena arena = Arena.ofConfined()) {
      return Libc.errnoOf("fcntl", fd, command, segment(arena, type, start, length));
    }
  }

  /** What keeps such a lock from being taken: a lock, or one of type {@link #F_UNLCK}. */
  static RecordLock get(int fd, int command, int type, long start, long length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment found = segment(arena, type, start, length);
      Libc.call("fcntl", fd, command, found);
      return new RecordLock(
          found.get(ValueLayout.JAVA_SHORT, 0),
          found.get(ValueLayout.JAVA_LONG, START),
          found.get(ValueLayout.JAVA_LONG, LENGTH),
          found.get(ValueLayout.JAVA_INT, PID));
    }
  }

  private static MemorySegment segment(Arena arena, int type, long start, long length) {
    MemorySegment lock = arena.allocate(FLOCK_BYTES, Long.BYTES);
    lock.set(ValueLayout.JAVA_SHORT, 0, (short) type);
    lock.set(ValueLayout.JAVA_LONG, START, start);
    lock.set(ValueLayout.JAVA_LONG, LENGTH, length);
    return lock;
  }
}
