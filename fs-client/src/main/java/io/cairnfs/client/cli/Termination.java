package io.cairnfs.client.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets a process that serves end in peace when it gets SIGTERM, SIGINT or SIGHUP: it is asked to
 * end, waited for, and the exit code is its own instead of the signal's.
 */
final class Termination implements AutoCloseable {

  private final Thread hook;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable Exception failure;

  /**
   * @param ask makes the process end; called on another thread, at most once
   * @param patience after which the process ends in any case
   */
  Termination(Runnable ask, Duration patience) {
    Thread serving = Thread.currentThread();
    hook =
        new Thread(
            () -> {
              if (ended.getCount() == 0) {
                return;
              }
              ask.run();
              boolean done = false;
              try {
                done = ended.await(patience.toMillis(), TimeUnit.MILLISECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              if (!done) {
                complain(serving, patience);
              }
              Runtime.getRuntime().halt(done && isInPeace() ? ExitCode.OK : ExitCode.FAILED);
            },
            "terminate");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Says what the process that is about to be cut off was doing. */
  private static void complain(Thread serving, Duration patience) {
    StringBuilder where = new StringBuilder();
    for (StackTraceElement frame : serving.getStackTrace()) {
      where.append(System.lineSeparator()).append("\tat ").append(frame);
    }
    System.err.println(
        "cairn: did not end within " + patience.toSeconds() + " s, is cut off" + where);
  }

  /** Nobody else tells of a failure when a signal has come: the process is gone before. */
  private boolean isInPeace() {
    Exception told = failure;
    if (told == null) {
      return true;
    }
    System.err.println("cairn: " + FailureReport.message(told));
    told.printStackTrace();
    return false;
  }

  /** The work, or its end, failed: the exit code says so, if a signal ended it. */
  void failed(Exception why) {
    failure = why;
  }

  /** The work is done. */
  @Override
  public void close() {
    ended.countDown();
  }
}
