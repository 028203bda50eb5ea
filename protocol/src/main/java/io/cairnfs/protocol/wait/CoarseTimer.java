package io.cairnfs.protocol.wait;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One timer for the deadlines of this JVM, which most of what waits never reaches. Setting and
 * cancelling one wakes nobody; a timed wait of a virtual thread wakes the JVM's own scheduler
 * twice, which for a short wait costs more than what it waits for. Thread-safe.
 */
public final class CoarseTimer {

  /** Deadlines are met to within this; an idle process wakes as often. */
  private static final long TICK_MILLIS = 20;

  private static final Timer TIMER =
      new HashedWheelTimer(
          new DefaultThreadFactory("cairn-deadlines", true), TICK_MILLIS, TimeUnit.MILLISECONDS);

  private CoarseTimer() {}

  /** What is to be done at a deadline. */
  public static final class Alarm {

    private final Timeout timeout;

    private Alarm(Timeout timeout) {
      this.timeout = timeout;
    }

    /** It need not be done any more; it may be under way. */
    public void cancel() {
      timeout.cancel();
    }
  }

  /**
   * Does something after a time, and a little later.
   *
   * @param action on the timer's thread, where it must not wait
   */
  public static Alarm after(Duration time, Runnable action) {
    return new Alarm(TIMER.newTimeout(unused -> action.run(), nanos(time), TimeUnit.NANOSECONDS));
  }

  private static long nanos(Duration time) {
    return TimeUnit.NANOSECONDS.convert(time);
  }

  /**
   * Waits for a result, as {@link CompletableFuture#get(long, TimeUnit)}.
   *
   * @throws TimeoutException if it is not there after this time, and a little more
   */
  public static <T> T await(CompletableFuture<T> future, Duration time)
      throws ExecutionException, InterruptedException, TimeoutException {
    if (future.isDone()) {
      return future.get();
    }
    CompletableFuture<T> waiting = future.copy();
    TimeoutException late = new TimeoutException();
    Alarm alarm = after(time, () -> waiting.completeExceptionally(late));
    try {
      return waiting.get();
    } catch (ExecutionException e) {
      if (e.getCause() == late) {
        throw late;
      }
      throw e;
    } finally {
      alarm.cancel();
    }
  }
}
