package io.cairnfs.client.fuse.session;

import io.cairnfs.client.fuse.protocol.NoticeCodec;
import io.cairnfs.client.fuse.protocol.Request;
import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.vfs.Attributes;
import io.cairnfs.client.vfs.CachedAttributes;
import io.cairnfs.client.vfs.Entry;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps the kernel from caching attributes of a directory that have changed while they were on
 * their way. When a name changes, Linux forgets the attributes of its directory; but an answer that
 * was read before, and that another thread takes over only after, brings the old ones back. (It
 * tells such answers by a version of the inode, which writes, SETATTR and unlinking a file raise,
 * and a change of names in a directory does not: fuse_dir_changed of fs/fuse/dir.c. A notice raises
 * it.) So a change of names sends a notice if another thread may be taking over an answer.
 * Thread-safe.
 */
final class DirectoryAttributes {

  /** What a thread has not taken over after so long it never will. */
  private static final long TAKEN_OVER_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Directories that share a slot only have notices that they do not need. */
  private static final int SLOTS = 1024;

  /** In the place of a time: never. */
  private static final long NEVER = Long.MIN_VALUE;

  /** Who was answered last, and when. */
  private static final class Slot {

    private int thread;
    private long answered = NEVER;
    private long answeredOthers = NEVER;

    synchronized void answered(int to, long now) {
      if (to != thread) {
        answeredOthers = answered;
        thread = to;
      }
      answered = now;
    }

    /** When anybody but one thread, which has taken over whatever it was answered, was answered. */
    synchronized long answeredOthersThan(int asking) {
      return asking == thread && asking != 0 ? answeredOthers : answered;
    }
  }

  private final NoticeSender notices;
  private final AtomicLong changes = new AtomicLong();
  private final Slot[] slots = new Slot[SLOTS];

  DirectoryAttributes(NoticeSender notices) {
    this.notices = notices;
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = new Slot();
    }
  }

  private Slot slot(long inode) {
    return slots[(int) (inode & (SLOTS - 1))];
  }

  /** What {@link #answer} wants to know, from before the attributes are read. */
  long beforeReading() {
    return changes.get();
  }

  /** An entry as it may be answered. */
  Entry answer(Request request, Entry entry, long beforeReading) {
    return isCurrent(request, entry.attributes(), beforeReading)
        ? entry
        : new Entry(entry.attributes(), entry.generation(), 0);
  }

  /** Attributes as they may be answered. */
  CachedAttributes answer(Request request, CachedAttributes read, long beforeReading) {
    return isCurrent(request, read.attributes(), beforeReading)
        ? read
        : new CachedAttributes(read.attributes(), 0);
  }

  /**
   * Whether attributes have certainly not changed since they were read. Whoever changes them from
   * now on knows of this answer.
   */
  private boolean isCurrent(Request request, Attributes attributes, long beforeReading) {
    if (attributes.type() != FileType.DIRECTORY) {
      return true;
    }
    slot(attributes.inode()).answered(request.pid(), System.nanoTime());
    return changes.get() == beforeReading;
  }

  /** Names in a directory have changed, which the kernel learns by the answer to a request. */
  void changed(Request request, long directory) {
    changes.incrementAndGet();
    long others = slot(directory).answeredOthersThan(request.pid());
    if (others != NEVER && System.nanoTime() - others < TAKEN_OVER_NANOS) {
      int unused = notices.sendNow(NoticeCodec.invalidateInode(directory, -1, 0));
    }
  }
}
