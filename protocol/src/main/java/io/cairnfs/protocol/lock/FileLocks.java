package io.cairnfs.protocol.lock;

import io.cairnfs.protocol.head.VolumeLock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The locks of one kind on one file, and who waits for one. Ranges of one owner never overlap;
 * those that touch and do the same are one.
 *
 * <p>Source of the rules: {@code posix_lock_inode} and {@code flock_lock_inode} of Linux's
 * fs/locks.c.
 */
final class FileLocks {

  private final List<VolumeLock> held = new ArrayList<>();

  /** Those that have not got their locks, oldest first. */
  private final List<LockWait> waiting = new ArrayList<>();

  List<VolumeLock> held() {
    return held;
  }

  List<LockWait> waiting() {
    return waiting;
  }

  boolean isEmpty() {
    return held.isEmpty() && waiting.isEmpty();
  }

  private static boolean overlap(VolumeLock a, VolumeLock b) {
    return a.start() <= b.end() && b.start() <= a.end();
  }

  private static boolean excludes(VolumeLock held, VolumeLock wanted) {
    return (held.write() || wanted.write()) && overlap(held, wanted) && !held.sameOwner(wanted);
  }

  /** Whether an owner has anything in a range. */
  boolean holds(VolumeLock range) {
    return held.stream().anyMatch(lock -> lock.sameOwner(range) && overlap(lock, range));
  }

  /** The lock that is in the way, the first in the file if there are several. */
  Optional<VolumeLock> obstacle(VolumeLock wanted) {
    return held.stream()
        .filter(lock -> excludes(lock, wanted))
        .min(Comparator.comparingLong(VolumeLock::start));
  }

  List<VolumeLock> obstacles(VolumeLock wanted) {
    return held.stream().filter(lock -> excludes(lock, wanted)).toList();
  }

  /** What is held once the owner has nothing in a range any more. */
  List<VolumeLock> without(VolumeLock range) {
    List<VolumeLock> rest = new ArrayList<>();
    for (VolumeLock lock : held) {
      if (!lock.sameOwner(range) || !overlap(lock, range)) {
        rest.add(lock);
        continue;
      }
      if (lock.start() < range.start()) {
        rest.add(part(lock, lock.start(), range.start() - 1));
      }
      if (lock.end() > range.end()) {
        rest.add(part(lock, range.end() + 1, lock.end()));
      }
    }
    return rest;
  }

  /** What is held once the owner has a lock that nothing is in the way of. */
  List<VolumeLock> with(VolumeLock lock) {
    List<VolumeLock> result = new ArrayList<>();
    VolumeLock merged = lock;
    for (VolumeLock other : without(lock)) {
      if (other.sameOwner(lock) && other.write() == lock.write() && touch(other, merged)) {
        merged =
            part(
                merged,
                Math.min(merged.start(), other.start()),
                Math.max(merged.end(), other.end()));
      } else {
        result.add(other);
      }
    }
    result.add(merged);
    return result;
  }

  private static boolean touch(VolumeLock a, VolumeLock b) {
    return a.end() == b.start() - 1 || b.end() == a.start() - 1;
  }

  private static VolumeLock part(VolumeLock lock, long start, long end) {
    return new VolumeLock(
        lock.session(),
        lock.inode(),
        lock.owner(),
        lock.kind(),
        start,
        end,
        lock.write(),
        lock.pid());
  }

  /** Replaces what is held, and gives those who wait what they can have now, the oldest first. */
  void replace(List<VolumeLock> locks) {
    held.clear();
    held.addAll(locks);
    grant();
  }

  /** Gives those who wait what they can have, the oldest first. */
  private void grant() {
    boolean granted = true;
    while (granted) {
      // What is granted may be less than its owner had, which lets an older one through.
      granted = false;
      for (LockWait wait : List.copyOf(waiting)) {
        if (obstacle(wait.wanted()).isEmpty()) {
          waiting.remove(wait);
          wait.grant();
          List<VolumeLock> after = with(wait.wanted());
          held.clear();
          held.addAll(after);
          granted = true;
        }
      }
    }
  }
}
