package io.cairnfs.client.content;

import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.client.wait.ImpatientThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds the memory that holds bytes on their way from a program to durability: dirty in files, in
 * packs, in flight. Thread-safe.
 */
final class DirtyBudget {

  /** How often one who waits looks whether relief is needed again. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final long limit;
  private final Runnable relief;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private long used;
  private long inFlight;

  /**
   * @param limit in bytes
   * @param relief gets dirty bytes moving; called when somebody waits and too little is in flight
   *     to help; must not block
   */
  DirtyBudget(long limit, Runnable relief) {
    this.limit = limit;
    this.relief = relief;
  }

  /**
   * Takes bytes, waiting until they are free. A request beyond the whole limit is granted when
   * nothing else is taken.
   *
   * @throws BlockException if the current deadline passes first
   */
  void reserve(long bytes) throws BlockException, InterruptedException {
    if (tryReserve(bytes)) {
      return;
    }
    ImpatientThread.aboutToWait();
    long left = Deadline.remaining().toNanos();
    lock.lockInterruptibly();
    try {
      while (!fits(bytes)) {
        if (left <= 0) {
          throw new BlockException(
              BlockException.Reason.UNAVAILABLE,
              used + " bytes wait to become durable, and too few did in time");
        }
        if (isTight()) {
          relief.run();
        }
        long slice = Math.min(left, LOOK_NANOS);
        left -= slice - Math.max(0, room.awaitNanos(slice));
      }
      used += bytes;
    } finally {
      lock.unlock();
    }
  }

  private boolean tryReserve(long bytes) {
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

  private boolean fits(long bytes) {
    return used == 0 || used + bytes <= limit;
  }

  /** Corrects what is taken, either way, without waiting: the limit may be passed by a little. */
  void adjust(long bytes) {
    if (bytes != 0) {
      change(bytes, 0);
    }
  }

  /** Gives bytes back that were reserved or dirty. */
  void release(long bytes) {
    adjust(-bytes);
  }

  /** Says that bytes that are taken now are in a sealed block. */
  void sent(long bytes) {
    change(0, bytes);
  }

  /** Gives the bytes of a sealed block back. */
  void landed(long bytes) {
    change(-bytes, -bytes);
  }

  private void change(long usedBytes, long inFlightBytes) {
    lock.lock();
    try {
      used += usedBytes;
      inFlight += inFlightBytes;
      if (used < 0 || inFlight < 0) {
        throw new IllegalStateException(
            "more was given back than was taken: " + used + ", " + inFlight);
      }
      if (usedBytes < 0) {
        room.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Bytes taken. */
  long used() {
    lock.lock();
    try {
      return used;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether so much is taken by bytes that are not even in flight that files should pass on what
   * they have. Bytes in flight make room by themselves; passing on unfinished chunks for their sake
   * would only make small blocks.
   */
  boolean isTight() {
    lock.lock();
    try {
      return used > 0 && (inFlight == 0 ? used > limit / 4 : used - inFlight > limit / 2);
    } finally {
      lock.unlock();
    }
  }
}
