package io.cairnfs.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs the steps of one turn on a thread of their own, so that a mount that does not answer, whose
 * callers cannot be interrupted, costs one turn and not the benchmark.
 */
final class Phases implements AutoCloseable {

  /** The target did not answer in time; nothing more can be asked of it. */
  static final class OverdueException extends Exception {
    OverdueException(String phase, Duration cap) {
      super(phase + " took longer than " + cap.toSeconds() + " s");
    }
  }

  private final Duration cap;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("load").factory());

  /**
   * @param cap of each phase
   */
  Phases(Duration cap) {
    this.cap = cap;
  }

  /**
   * Runs a phase to its end.
   *
   * @throws IOException if it failed, with its name
   */
  <T> T run(String name, Callable<T> phase)
      throws OverdueException, IOException, InterruptedException {
    try {
      return thread.submit(phase).get(cap.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new OverdueException(name, cap);
    } catch (ExecutionException e) {
      throw new IOException(name + ": " + e.getCause(), e.getCause());
    }
  }

  /** Does not wait: taking the target down frees a thread that hangs in it. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
