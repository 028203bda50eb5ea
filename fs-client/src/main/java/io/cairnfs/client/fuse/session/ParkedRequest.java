package io.cairnfs.client.fuse.session;

import io.cairnfs.client.fuse.linux.Errno;
import io.cairnfs.client.fuse.protocol.Opcode;
import io.cairnfs.client.fuse.protocol.Request;
import io.cairnfs.client.wait.Deadline;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A request that waits, on a virtual thread of its own. It is answered once: by its thread, or by
 * the watchdog when it is overdue. Thread-safe.
 */
final class ParkedRequest {

  /**
   * A lock may be waited for as long as its holder likes; the caller can end the wait with a
   * signal.
   */
  private static final Duration LOCK_WAIT = Duration.ofDays(365);

  private final Request request;
  private final Dispatcher dispatcher;
  private final Runnable afterwards;
  private final Thread thread;
  private final long unique;
  private final int device;
  private final int pid;
  private final boolean lockWait;
  private final Duration timeout;
  private final long startNanos = System.nanoTime();
  private final AtomicBoolean answered = new AtomicBoolean();

  /**
   * Takes over a request.
   *
   * @param afterwards run when the request's memory is free again
   */
  ParkedRequest(Request request, Dispatcher dispatcher, Duration timeout, Runnable afterwards) {
    this.request = request;
    this.dispatcher = dispatcher;
    this.afterwards = afterwards;
    unique = request.unique();
    device = request.device();
    pid = request.pid();
    lockWait = request.opcode() == Opcode.SETLKW;
    this.timeout = lockWait ? LOCK_WAIT : timeout;
    thread = Thread.ofVirtual().name("fuse-request-", unique).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      int result = Deadline.run(timeout, () -> dispatcher.handle(request));
      if (answered.compareAndSet(false, true)) {
        RequestReader.answer(request, result);
      }
    } finally {
      afterwards.run();
    }
  }

  /**
   * Ends the wait: the caller was killed, or the mount goes. The request is answered with EINTR.
   */
  void interrupt() {
    thread.interrupt();
  }

  /** Answers with EIO in the thread's place, if it has not answered, and tells it to stop. */
  void expire() {
    if (answered.compareAndSet(false, true)) {
      thread.interrupt();
      Answers.fail(device, unique, Errno.EIO);
    }
  }

  boolean isOverdue(long nowNanos, Duration grace) {
    return !answered.get() && nowNanos - startNanos > timeout.toNanos() + grace.toNanos();
  }

  long unique() {
    return unique;
  }

  int device() {
    return device;
  }

  /** The thread id of the caller. */
  int pid() {
    return pid;
  }

  boolean isLockWait() {
    return lockWait;
  }
}
