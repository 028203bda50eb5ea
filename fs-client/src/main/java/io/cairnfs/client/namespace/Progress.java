package io.cairnfs.client.namespace;

import io.cairnfs.client.wait.Deadline;
import io.cairnfs.client.wait.ImpatientThread;
import io.cairnfs.protocol.wait.CoarseTimer;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How far a shared session's view follows the history, and how far that is released: taken by every
 * session whose lease runs. Those who need more wait. Thread-safe.
 */
final class Progress {

  private final Life life;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile long taken;
  private volatile long released;

  /**
   * @param taken what the view has
   */
  Progress(Life life, long taken) {
    this.life = life;
    this.taken = taken;
  }

  long taken() {
    return taken;
  }

  long released() {
    return released;
  }

  /**
   * The view has this delta. Under the view's lock, so that a version is one with what it shows.
   */
  void took(long sequence) {
    taken = sequence;
  }

  /** What was taken, and what the head says of the release, counts for those who wait. */
  void told(long releasedNow) {
    lock.lock();
    try {
      released = Math.max(released, releasedNow);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Those who wait look again: the session is over, or their time. */
  void wake() {
    told(0);
  }

  /**
   * Waits until everybody has taken this.
   *
   * @throws NamespaceException {@code UNAVAILABLE} at the current deadline; {@code FENCED}
   */
  void awaitReleased(long sequence) throws NamespaceException, InterruptedException {
    await(sequence, sequence);
  }

  /** Waits until the view has this. */
  void awaitTaken(long sequence) throws NamespaceException, InterruptedException {
    await(sequence, 0);
  }

  private boolean isAt(long wantedTaken, long wantedReleased) {
    return taken >= wantedTaken && released >= wantedReleased;
  }

  private void await(long wantedTaken, long wantedReleased)
      throws NamespaceException, InterruptedException {
    if (isAt(wantedTaken, wantedReleased)) {
      return;
    }
    ImpatientThread.aboutToWait();
    Duration remaining = Deadline.remaining();
    long deadline = System.nanoTime() + remaining.toNanos();
    CoarseTimer.Alarm alarm = CoarseTimer.after(remaining, this::wake);
    lock.lock();
    try {
      while (!isAt(wantedTaken, wantedReleased)) {
        life.throwIfOver();
        if (System.nanoTime() - deadline >= 0) {
          throw new NamespaceException(
              NamespaceException.Reason.UNAVAILABLE, "other sessions did not follow in time", null);
        }
        changed.await();
      }
    } finally {
      lock.unlock();
      alarm.cancel();
    }
  }
}
