package io.cairnfs.node.worker;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A worker as an operator sees it.
 *
 * @param name the worker's
 * @param activity what it does right now
 * @param detail its progress, or why it fails
 * @param tally how much it has done and what is left
 * @param perSecond what it does of the tally's unit, measured over about a minute
 * @param bound what bounds its bytes; null if nothing can
 * @param runs how many units of work it has done
 * @param failures how many of them failed
 * @param lastError why the last of those failed; null if none did
 */
public record WorkerState(
    String name,
    Activity activity,
    String detail,
    Tally tally,
    double perSecond,
    @Nullable Bound bound,
    long runs,
    long failures,
    @Nullable LastError lastError) {

  /** What a worker does. */
  public enum Activity {
    /** Waits for its next unit of work. */
    IDLE,
    BUSY,
    /** Waits because it has moved as many bytes as it may. */
    THROTTLED,
    /** An operator has told it to rest. */
    PAUSED,
    /** Its last unit failed; it waits to try again. */
    FAILING
  }

  /**
   * What bounds the bytes of a worker.
   *
   * @param bytesPerSecond {@link Throttle#UNBOUNDED} for nothing
   * @param ordered whether an operator wants it so
   * @param spentBytes what it has moved since it was started
   */
  public record Bound(long bytesPerSecond, boolean ordered, long spentBytes) {}

  /**
   * A failure.
   *
   * @param message in one line
   * @param agoMillis when
   */
  public record LastError(String message, long agoMillis) {}

  /** How long what is left will take; empty if that is not known. */
  public OptionalLong secondsLeft() {
    return Trend.secondsFor(tally.left(), perSecond);
  }
}
