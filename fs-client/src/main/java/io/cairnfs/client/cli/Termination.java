package io.cairnfs.client.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a process that serves end in peace when it gets SIGTERM, SIGINT or SIGHUP: it is asked to
 * end, waited for, and the exit code is its own instead of the signal's.
 */
final class Termination implements AutoCloseable {

  private final Thread hook;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile int exitCode = ExitCode.OK;
  private volatile boolean asked;

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
              asked = true;
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
              Runtime.getRuntime().halt(done ? exitCode : ExitCode.FAILED);
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

  /** Whether a signal has come. */
  boolean asked() {
    return asked;
  }

  /** The work failed: this is the exit code then, if a signal ended it. */
  void failed() {
    exitCode = ExitCode.FAILED;
  }

  /** The work is done. */
  @Override
  public void close() {
    ended.countDown();
  }
}
