package io.cairnfs.node.head;

import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Wishes that sessions commit what they have in memory, and which they have fulfilled. In memory
 * only, at the voter that leads: after a change of leader a wish is made again. Thread-safe.
 */
final class Drains {

  /** The wishes about one volume. */
  private static final class Volume {
    private long wanted;
    private final Map<SessionId, Long> drained = new HashMap<>();
  }

  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<VolumeId, Volume> volumes = new HashMap<>();

  Drains(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Makes a wish, and waits until it is fulfilled.
   *
   * @param sessions of whom
   * @return whether all have fulfilled it
   */
  boolean drain(VolumeId id, Collection<SessionId> sessions, Duration wait)
      throws InterruptedException {
    lock.lock();
    try {
      Volume volume = volumes.computeIfAbsent(id, key -> new Volume());
      volume.drained.keySet().retainAll(sessions);
      // Greater than those before a restart, so that sessions take it for a new one.
      long wish = Math.max(volume.wanted + 1, clock.millis());
      volume.wanted = wish;
      changed.signalAll();
      long left = wait.toNanos();
      while (!sessions.stream().allMatch(one -> volume.drained.getOrDefault(one, 0L) >= wish)) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Notes what a session has fulfilled, and waits for a later wish.
   *
   * @return the last wish; 0 for none
   */
  long await(VolumeId id, SessionId session, long drained, Duration wait)
      throws InterruptedException {
    lock.lock();
    try {
      Volume volume = volumes.computeIfAbsent(id, key -> new Volume());
      volume.drained.put(session, drained);
      changed.signalAll();
      long left = wait.toNanos();
      while (volume.wanted <= drained && left > 0) {
        left = changed.awaitNanos(left);
      }
      return volume.wanted;
    } finally {
      lock.unlock();
    }
  }
}
