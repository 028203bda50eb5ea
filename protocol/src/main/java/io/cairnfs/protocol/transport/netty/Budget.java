package io.cairnfs.protocol.transport.netty;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bound on the bytes that wait in one queue. Whoever wants to add some either asks once or
 * blocks. Thread-safe.
 */
final class Budget {

  private final long limit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private long used;

  Budget(long limit) {
    this.limit = limit;
  }

  /**
   * Takes bytes if there is room; what is larger than the whole budget fits when nothing else is
   * held.
   */
  boolean tryTake(long bytes) {
    lock.lock();
    try {
      if (!fits(bytes)) {
        return false;
      }
      used += bytes;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Takes bytes, waiting for room: false if there was none in time. */
  boolean take(long bytes, Duration timeout) throws InterruptedException {
    long nanos = timeout.toNanos();
    lock.lock();
    try {
      while (!fits(bytes)) {
        if (nanos <= 0) {
          return false;
        }
        nanos = freed.awaitNanos(nanos);
      }
      used += bytes;
      return true;
    } finally {
      lock.unlock();
    }
  }

  void release(long bytes) {
    lock.lock();
    try {
      used -= bytes;
      assert used >= 0 : used;
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean fits(long bytes) {
    return used == 0 || used + bytes <= limit;
  }
}
