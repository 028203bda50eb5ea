package io.cairnfs.client.wait;

import java.time.Duration;

/**
 * When the current operation gives up. Every operation runs inside one, so that nothing that it
 * calls can hang: what waits takes {@link #remaining} as its bound.
 *
 * @param nanoTime on the scale of {@link System#nanoTime}
 */
public record Deadline(long nanoTime) {

  private static final ScopedValue<Deadline> CURRENT = ScopedValue.newInstance();
  private static final Duration DEFAULT = Duration.ofSeconds(60);

  public static Deadline after(Duration timeout) {
    return new Deadline(System.nanoTime() + timeout.toNanos());
  }

  /** Runs an operation under a deadline. */
  public static <T, X extends Throwable> T run(
      Duration timeout, ScopedValue.CallableOp<T, X> operation) throws X {
    return ScopedValue.where(CURRENT, after(timeout)).call(operation);
  }

  /** An operation that may wait. */
  @FunctionalInterface
  public interface Waiting<T, X extends Exception> {
    T call() throws X, InterruptedException;
  }

  /** As {@link #run}, for operations that can be interrupted. */
  @SuppressWarnings("unchecked") // an operation throws X, or what is caught before
  public static <T, X extends Exception> T await(Duration timeout, Waiting<T, X> operation)
      throws X, InterruptedException {
    try {
      return ScopedValue.where(CURRENT, after(timeout)).<T, Exception>call(operation::call);
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw (X) e;
    }
  }

  /** The time left to the current operation, never negative; outside of one, a fresh default. */
  public static Duration remaining() {
    if (!CURRENT.isBound()) {
      return DEFAULT;
    }
    return Duration.ofNanos(Math.max(0, CURRENT.get().nanoTime() - System.nanoTime()));
  }
}
