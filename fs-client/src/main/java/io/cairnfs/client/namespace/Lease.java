package io.cairnfs.client.namespace;

import io.cairnfs.client.wait.Deadline;
import io.cairnfs.client.wait.ImpatientThread;
import io.cairnfs.protocol.head.HeadLimits;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What is left of a session's lease, counted from the sending of what extended it, less a margin.
 * Thread-safe.
 */
final class Lease {

  /** What an exclusive session has taken. */
  static final long EVERYTHING = Long.MAX_VALUE;

  private final LeaseClock clock;
  private final long lengthNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile long endNanos;
  private long taken = EVERYTHING;
  private long wantedSequence; // an extension that counts once this is taken; 0 for none
  private long wantedEndNanos;
  private volatile boolean over;

  /**
   * @param length as granted
   * @param sentNanos when the request that was granted was sent
   */
  Lease(LeaseClock clock, Duration length, long sentNanos) {
    this.clock = clock;
    this.lengthNanos = length.toNanos();
    this.endNanos = endOf(sentNanos);
  }

  private long endOf(long sentNanos) {
    return sentNanos + lengthNanos - Math.min(HeadLimits.LEASE_MARGIN.toNanos(), lengthNanos / 4);
  }

  Duration length() {
    return Duration.ofNanos(lengthNanos);
  }

  /** The time now, to pass to {@link #extend} later. */
  long now() {
    return clock.nanos();
  }

  /**
   * A request that was sent at that time has extended the lease. If it had lapsed, others may have
   * been told of what was committed meanwhile: it counts when that is taken.
   *
   * @param sequence the volume's when the request was executed
   */
  void extend(long sentNanos, long sequence) {
    lock.lock();
    try {
      if (leftNanos() > 0 || taken >= sequence) {
        extendTo(endOf(sentNanos));
      } else if (sequence >= wantedSequence) {
        wantedSequence = sequence;
        wantedEndNanos = endOf(sentNanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private void extendTo(long end) {
    if (end - endNanos > 0) {
      endNanos = end;
      changed.signalAll();
    }
  }

  /**
   * The session's view has everything up to a sequence; {@link #EVERYTHING} for one that is
   * exclusive.
   */
  void took(long sequence) {
    lock.lock();
    try {
      taken = sequence;
      if (wantedSequence > 0 && taken >= wantedSequence) {
        wantedSequence = 0;
        extendTo(wantedEndNanos);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The session is dead: nobody waits any longer. */
  void end() {
    lock.lock();
    try {
      over = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What is left, 0 if nothing. */
  long leftNanos() {
    return over ? 0 : Math.max(0, endNanos - clock.nanos());
  }

  /**
   * Waits until the lease runs, or the session is dead.
   *
   * @throws NamespaceException {@code UNAVAILABLE} at the current deadline
   */
  void await() throws NamespaceException, InterruptedException {
    if (leftNanos() > 0 || over) {
      return;
    }
    ImpatientThread.aboutToWait();
    long remaining = Deadline.remaining().toNanos();
    lock.lock();
    try {
      while (leftNanos() == 0 && !over) {
        if (remaining <= 0) {
          throw new NamespaceException(
              NamespaceException.Reason.UNAVAILABLE,
              "the lease lapsed and could not be renewed in time",
              null);
        }
        remaining = changed.awaitNanos(remaining);
      }
    } finally {
      lock.unlock();
    }
  }
}
