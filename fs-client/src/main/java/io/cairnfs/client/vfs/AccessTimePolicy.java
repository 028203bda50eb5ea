package io.cairnfs.client.vfs;

import java.util.concurrent.TimeUnit;

/**
 * Which reads change access times: the mount options {@code relatime}, {@code strictatime}, {@code
 * noatime} and {@code nodiratime}, by the rules of Linux (relatime_need_update in fs/inode.c).
 *
 * @param update which reads do
 * @param directories whether listing a directory does, too
 */
public record AccessTimePolicy(Update update, boolean directories) {

  /** What a read does to the access time. */
  public enum Update {
    NEVER,
    /** Only what a program may want to know: that a file was read since it changed, or this day. */
    RELATIVE,
    ALWAYS
  }

  public static final AccessTimePolicy NONE = new AccessTimePolicy(Update.NEVER, false);
  public static final AccessTimePolicy RELATIVE = new AccessTimePolicy(Update.RELATIVE, true);

  private static final long DAY_NANOS = TimeUnit.DAYS.toNanos(1);

  /** Whether a read now changes the access time; all times in nanoseconds since the epoch. */
  boolean wants(long atime, long mtime, long ctime, long now) {
    return switch (update) {
      case NEVER -> false;
      case RELATIVE -> atime <= mtime || atime <= ctime || now - atime >= DAY_NANOS;
      case ALWAYS -> true;
    };
  }
}
