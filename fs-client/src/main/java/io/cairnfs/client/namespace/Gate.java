package io.cairnfs.client.namespace;

import io.cairnfs.client.wait.Deadline;
import io.cairnfs.client.wait.ImpatientThread;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which mode a session is in, and whether updates have to wait because that is about to change. It
 * changes under the view's write lock only. Thread-safe.
 */
final class Gate {

  private final Overlay overlay;
  private final Life life;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition opened = lock.newCondition();
  private volatile Mode mode;
  private volatile boolean shut;

  @SuppressWarnings("NullAway.Init") // by begin
  Gate(Overlay overlay, Life life) {
    this.overlay = overlay;
    this.life = life;
  }

  /** Sets the first mode, before anybody else knows the gate. */
  void begin(Mode first) {
    mode = first;
  }

  Mode mode() {
    return mode;
  }

  /** Whether updates are let in. */
  boolean isOpen() {
    return !shut;
  }

  /** By a holder of the view's lock. */
  void require(Mode wanted) {
    if (shut || mode != wanted || !life.isOn()) {
      throw Mode.ChangedException.INSTANCE;
    }
  }

  /** Lets no more updates in. Those that were let in are in the view, or on their way. */
  void shut() {
    overlay.lock().writeLock().lock();
    try {
      shut = true;
    } finally {
      overlay.lock().writeLock().unlock();
    }
  }

  /** Lets updates in, in this mode. */
  void open(Mode next) {
    overlay.lock().writeLock().lock();
    try {
      mode = next;
      shut = false;
    } finally {
      overlay.lock().writeLock().unlock();
    }
    wake();
  }

  /** Those who wait look again: the session is over. */
  void wake() {
    lock.lock();
    try {
      opened.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until updates are let in. */
  void await() throws NamespaceException, InterruptedException {
    ImpatientThread.aboutToWait();
    long remaining = Deadline.remaining().toNanos();
    lock.lock();
    try {
      while (shut) {
        life.throwIfOver();
        if (remaining <= 0) {
          throw new NamespaceException(
              NamespaceException.Reason.UNAVAILABLE, "the volume was not shared in time", null);
        }
        remaining = opened.awaitNanos(remaining);
      }
    } finally {
      lock.unlock();
    }
  }
}
