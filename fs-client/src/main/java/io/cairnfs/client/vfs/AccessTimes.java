package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.namespace.InodeTimes;
import io.cairnfs.client.namespace.TimesChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When files and directories were last read. An access costs no transaction: it is remembered here,
 * and many are stored together after a while, as changes that commute with all others. Until then
 * attributes are told with what is remembered. A crash loses what was not stored, as with Linux's
 * lazytime. Thread-safe.
 */
final class AccessTimes {

  /** An access is stored after this long: as old as Linux lets dirty inodes become. */
  static final Duration AGE = Duration.ofSeconds(30);

  /** Accesses that are remembered, some hundred bytes each; what is beyond is forgotten. */
  private static final int MAX_PENDING = 1 << 16;

  /** From here on accesses are stored before they are old. */
  private static final int MANY_PENDING = MAX_PENDING / 2;

  /** Accesses in one transaction. */
  private static final int BATCH = 512;

  /**
   * What the kernel has cached of a file it reads without us, so it is made to forget files up to
   * this size when a reading of them is to be seen. To read a larger file again would cost more
   * than its access time is worth.
   */
  private static final long MAX_FORGOTTEN_BYTES = 1 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(AccessTimes.class);

  private final SessionNamespace namespace;
  private final AccessTimePolicy policy;
  private final Clock clock;
  private final ConcurrentHashMap<Long, Long> pending = new ConcurrentHashMap<>();
  private final AtomicBoolean storing = new AtomicBoolean();
  private volatile long pendingSinceNanos;

  AccessTimes(SessionNamespace namespace, AccessTimePolicy policy, Clock clock) {
    this.namespace = namespace;
    this.policy = policy;
    this.clock = clock;
  }

  /**
   * A file was read.
   *
   * @param stored its times in the namespace
   * @param modifiedNanos when it was last written, if that is not in the namespace yet
   */
  void read(long inode, InodeTimes stored, long modifiedNanos) {
    if (policy.update() == AccessTimePolicy.Update.NEVER) {
      return;
    }
    Long remembered = pending.get(inode);
    long atime = Math.max(stored.atimeNanos(), remembered == null ? Long.MIN_VALUE : remembered);
    long mtime = Math.max(stored.mtimeNanos(), modifiedNanos);
    long ctime = Math.max(stored.ctimeNanos(), modifiedNanos);
    long now = clock.nanos();
    if (policy.wants(atime, mtime, ctime, now)) {
      remember(inode, now);
    }
  }

  /** A directory was listed. */
  void listed(long directory) throws VfsException, InterruptedException {
    if (policy.directories()) {
      read(directory);
    }
  }

  /** What has no unwritten content was read. */
  void read(long inode) throws VfsException, InterruptedException {
    if (policy.update() == AccessTimePolicy.Update.NEVER) {
      return;
    }
    InodeTimes times = namespace.<@Nullable InodeTimes>read(view -> view.times(inode));
    if (times != null) { // else it was removed while it is open
      read(inode, times, Long.MIN_VALUE);
    }
  }

  private void remember(long inode, long now) {
    int count = pending.size();
    if (count == 0) {
      pendingSinceNanos = System.nanoTime();
    }
    if (count < MAX_PENDING || pending.containsKey(inode)) {
      pending.merge(inode, now, Math::max);
    }
    if (count >= MANY_PENDING && storing.compareAndSet(false, true)) {
      Thread.ofVirtual().name("cairn-access-times").start(this::storeQuietly);
    }
  }

  /** The access time is set: what came before does not count. */
  void forget(long inode) {
    pending.remove(inode);
  }

  /** Forgets everything: the session is dead. */
  void abandon() {
    pending.clear();
  }

  /** Attributes with an access that is not in the namespace yet. */
  Attributes withUnstored(Attributes stored) {
    Long remembered = pending.get(stored.inode());
    return remembered == null || remembered <= stored.atimeNanos()
        ? stored
        : stored.withAtime(remembered);
  }

  /**
   * Whether the kernel must forget what it has cached of a file that is opened, so that a reading
   * which changes the access time comes here.
   */
  boolean mustSee(Attributes file, OpenFlags flags) {
    return flags.read()
        && !flags.keepAccessTime()
        && file.type() == FileType.REGULAR
        && file.size() <= MAX_FORGOTTEN_BYTES
        && policy.wants(file.atimeNanos(), file.mtimeNanos(), file.ctimeNanos(), clock.nanos());
  }

  /** Stores what is remembered of one inode. */
  void store(long inode) throws VfsException, InterruptedException {
    if (pending.containsKey(inode)) {
      store(List.of(inode));
    }
  }

  /** Stores everything that is remembered. */
  void storeAll() throws VfsException, InterruptedException {
    List<Long> inodes = new ArrayList<>(pending.keySet());
    Collections.sort(inodes); // neighbours share tree blocks
    for (int from = 0; from < inodes.size(); from += BATCH) {
      store(inodes.subList(from, Math.min(from + BATCH, inodes.size())));
    }
  }

  private void store(List<Long> inodes) throws VfsException, InterruptedException {
    Map<Long, Long> batch = new TreeMap<>();
    for (long inode : inodes) {
      Long nanos = pending.get(inode);
      if (nanos != null) {
        batch.put(inode, nanos);
      }
    }
    namespace.change(
        tx -> batch.forEach((inode, nanos) -> tx.changeTimes(inode, TimesChange.accessed(nanos))));
    batch.forEach(pending::remove); // but what was read again meanwhile
  }

  /** Stores everything if the oldest of it was remembered before a time of System.nanoTime. */
  void storeOlderThan(long nanoTime) {
    if (!pending.isEmpty()
        && pendingSinceNanos - nanoTime < 0
        && storing.compareAndSet(false, true)) {
      storeQuietly();
    }
  }

  private void storeQuietly() {
    try {
      pendingSinceNanos = System.nanoTime();
      storeAll();
    } catch (VfsException e) {
      LOG.debug("access times are not stored yet: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      storing.set(false);
    }
  }
}
