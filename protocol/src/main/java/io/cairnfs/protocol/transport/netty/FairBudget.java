package io.cairnfs.protocol.transport.netty;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bound on the bytes that all peers hold at once. Half of it is divided into fixed shares, one
 * for each peer, which no other peer can take; the other half is common, for those that want more
 * than their share. Who waits is served peer by peer, and within a peer in order. Thread-safe.
 */
final class FairBudget {

  /**
   * Peers that have their full share at the same time, even if all of them misuse it. A share of
   * the smallest budget holds two blocks of 64 KiB.
   */
  static final int SHARES = 48;

  /** A peer's part of the whole, at least one frame: what one that does not read can hold. */
  private static final int PARTS = 4;

  private final long shareBytes;
  private final long sharesLimit;
  private final long commonLimit;
  private final long peerLimit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Account> waiting = new LinkedHashSet<>();
  private long sharesUsed;
  private long commonUsed;

  FairBudget(long limit) {
    sharesLimit = limit / 2;
    shareBytes = sharesLimit / SHARES;
    commonLimit = limit - sharesLimit;
    peerLimit = Math.max(FrameKind.MAX_FRAME_BYTES, limit / PARTS);
  }

  /** One who waits: a thread that is given its bytes, or a wish that is told that there is room. */
  private static final class Waiter {
    private final long bytes;
    private final @Nullable Condition granted;
    private final @Nullable Runnable wish;

    Waiter(long bytes, @Nullable Condition granted, @Nullable Runnable wish) {
      this.bytes = bytes;
      this.granted = granted;
      this.wish = wish;
    }
  }

  /** What one peer holds. */
  final class Account {

    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private long inShare;
    private long inCommon;

    /** Takes bytes if there is room. */
    boolean tryTake(long bytes) {
      lock.lock();
      try {
        return takeIfFits(bytes);
      } finally {
        lock.unlock();
      }
    }

    /**
     * Takes bytes, or leaves a wish: whether they were taken. The wish is called once, without a
     * promise.
     */
    boolean tryTakeOrWish(long bytes, Runnable wish) {
      lock.lock();
      try {
        if (takeIfFits(bytes)) {
          return true;
        }
        waiters.add(new Waiter(bytes, null, wish));
        waiting.add(this);
        return false;
      } finally {
        lock.unlock();
      }
    }

    /** Takes bytes, waiting for room: false if there was none in time. */
    boolean take(long bytes, Duration timeout) throws InterruptedException {
      long nanos = timeout.toNanos();
      List<Runnable> interruptedWishes = new ArrayList<>();
      lock.lockInterruptibly();
      try {
        if (waiters.isEmpty() && takeIfFits(bytes)) {
          return true;
        }
        Condition granted = lock.newCondition();
        Waiter waiter = new Waiter(bytes, granted, null);
        waiters.add(waiter);
        waiting.add(this);
        try {
          while (waiters.contains(waiter)) {
            if (nanos <= 0) {
              leave(waiter);
              return false;
            }
            nanos = granted.awaitNanos(nanos);
          }
          return true;
        } catch (InterruptedException e) {
          if (waiters.contains(waiter)) {
            leave(waiter);
          } else {
            giveBack(bytes);
            grantWaiting(interruptedWishes);
          }
          throw e;
        }
      } finally {
        lock.unlock();
        interruptedWishes.forEach(Runnable::run);
      }
    }

    private void leave(Waiter waiter) {
      waiters.remove(waiter);
      if (waiters.isEmpty()) {
        waiting.remove(this);
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
        take(bytes);
      } finally {
        lock.unlock();
      }
    }

    void release(long bytes) {
      List<Runnable> wishes = new ArrayList<>();
      lock.lock();
      try {
        giveBack(bytes);
        grantWaiting(wishes);
      } finally {
        lock.unlock();
      }
      wishes.forEach(Runnable::run);
    }

    private boolean takeIfFits(long bytes) {
      if (fits(bytes)) {
        take(bytes);
        return true;
      }
      return false;
    }

    /** What is larger than all fits when nothing else is held. */
    private boolean fits(long bytes) {
      boolean common = commonUsed == 0 || commonUsed + bytes <= commonLimit;
      boolean mine = held() == 0 || held() + bytes <= peerLimit;
      return fitsShare(bytes) || (common && mine);
    }

    private boolean fitsShare(long bytes) {
      return inShare + bytes <= shareBytes && sharesUsed + bytes <= sharesLimit;
    }

    private void take(long bytes) {
      if (fitsShare(bytes)) {
        inShare += bytes;
        sharesUsed += bytes;
      } else {
        inCommon += bytes;
        commonUsed += bytes;
      }
    }

    /** What is common goes back first, whichever request took it: all bytes are alike. */
    private void giveBack(long bytes) {
      long ofCommon = Math.min(bytes, inCommon);
      inCommon -= ofCommon;
      commonUsed -= ofCommon;
      inShare -= bytes - ofCommon;
      sharesUsed -= bytes - ofCommon;
      assert inShare >= 0 : inShare;
    }

    private long held() {
      return inShare + inCommon;
    }

    private boolean grantFirst(List<Runnable> wishes) {
      Waiter first = waiters.peek();
      if (first == null || !fits(first.bytes)) {
        return false;
      }
      waiters.remove();
      if (first.wish != null) {
        wishes.add(first.wish);
      }
      if (first.granted != null) {
        take(first.bytes);
        first.granted.signal();
      }
      return true;
    }
  }

  /** The account of a peer that holds nothing. */
  Account open() {
    return new Account();
  }

  private void grantWaiting(List<Runnable> wishes) {
    boolean granted = true;
    while (granted && !waiting.isEmpty()) {
      granted = false;
      for (Account account : List.copyOf(waiting)) {
        if (account.grantFirst(wishes)) {
          granted = true;
          waiting.remove(account);
          if (!account.waiters.isEmpty()) {
            waiting.add(account); // the others' turn comes first
          }
        }
      }
    }
  }

  /** Whether somebody waits for room. */
  boolean isContended() {
    lock.lock();
    try {
      return !waiting.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  long used() {
    lock.lock();
    try {
      return sharesUsed + commonUsed;
    } finally {
      lock.unlock();
    }
  }
}
