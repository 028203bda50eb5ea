package io.cairnfs.protocol.transport.netty;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bound on bytes that are held at once. Whoever wants some either asks once, blocks, or leaves a wish to be called when
 * some come free. Thread-safe.
 */
final class Budget {

  private final long limit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private final Queue<Runnable> wishes = new ArrayDeque<>();
  private long used;
  private int blocked;

  Budget(long limit) {
    this.limit = limit;
  }

  /** Takes bytes if there is room; what is larger than the whole budget fits when nothing else is held. */
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

  /** Takes bytes, or leaves a wish: whether they were taken. The wish is called once, without a promise. */
  boolean tryTakeOrWish(long bytes, Runnable wish) {
    lock.lock();
    try {
      if (!fits(bytes)) {
        wishes.add(wish);
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
      blocked++;
      try {
        while (!fits(bytes)) {
          if (nanos <= 0) {
            return false;
          }
          nanos = freed.awaitNanos(nanos);
        }
      } finally {
        blocked--;
      }
      used += bytes;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Corrects what is held: takes more without asking, or gives back. */
  void adjust(long bytes) {
    if (bytes < 0) {
      release(-bytes);
      return;
    }
    lock.lock();
    try {
      used += bytes;
    } finally {
      lock.unlock();
    }
  }

  void release(long bytes) {
    Runnable[] granted;
    lock.lock();
    try {
      used -= bytes;
      assert used >= 0 : used;
      freed.signalAll();
      granted = wishes.toArray(new Runnable[0]);
      wishes.clear();
    } finally {
      lock.unlock();
    }
    for (Runnable wish : granted) {
      wish.run();
    }
  }

  /** Whether somebody waits for room. */
  boolean isContended() {
    lock.lock();
    try {
      return blocked > 0 || !wishes.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  long used() {
    lock.lock();
    try {
      return used;
    } finally {
      lock.unlock();
    }
  }

  private boolean fits(long bytes) {
    return used == 0 || used + bytes <= limit;
  }
}
