package io.cairnfs.client.wait;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Work that a mount does by itself: step after step on one thread, with pauses, until closed. */
public final class BackgroundLoop implements AutoCloseable {

  /** Does a part of the work. */
  @FunctionalInterface
  public interface Step {

    /**
     * Must not end by an exception for what may work later.
     *
     * @return how long to sleep before the next step
     */
    Duration run() throws InterruptedException;
  }

  private final Thread thread;
  private Duration firstPause = Duration.ZERO;
  private volatile boolean stopped;

  /**
   * @param name of the thread
   */
  public BackgroundLoop(String name, Step step) {
    this.thread = Thread.ofVirtual().name(name).unstarted(() -> run(step));
  }

  /**
   * Begins; at most once.
   *
   * @param pause before the first step
   */
  public void start(Duration pause) {
    firstPause = pause; // which the thread sees, as it is started after
    thread.start();
  }

  private void run(Step step) {
    try {
      TimeUnit.NANOSECONDS.sleep(firstPause.toNanos());
      while (!stopped) {
        TimeUnit.NANOSECONDS.sleep(step.run().toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // by close
    }
  }

  /**
   * How long to sleep after so many bytes.
   *
   * @param bytesPerSecond the budget, above 0
   */
  public static Duration pause(long bytes, long bytesPerSecond) {
    return Duration.ofNanos((long) ((double) bytes / bytesPerSecond * TimeUnit.SECONDS.toNanos(1)));
  }

  /** Interrupts the step under way and waits until it has ended. */
  @Override
  public void close() {
    stopped = true;
    thread.interrupt();
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
