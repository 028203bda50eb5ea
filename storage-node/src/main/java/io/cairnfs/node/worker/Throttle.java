package io.cairnfs.node.worker;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Bounds the bytes per second of one worker: a token bucket that may be overdrawn. Whoever has
 * moved bytes spends them, and does nothing more until the debt is paid, which the passing of time
 * does at the rate that holds. So no unit of work waits in its middle, and a bound that is changed
 * holds at once, for what is owed too. Thread-safe.
 *
 * <p>An operator's order comes before the worker's own rate.
 */
public final class Throttle {

  /** The rate of a worker that nothing bounds. */
  public static final long UNBOUNDED = 0;

  private static final double NANOS_PER_SECOND = 1e9;

  private final LongSupplier nanoTime;
  private long ownRate;
  private long orderedRate = UNBOUNDED;
  private double balanceBytes;
  private long settledNanos;
  private long spentBytes;

  /**
   * @param ownRate bytes per second; {@link #UNBOUNDED} for no bound
   */
  public Throttle(long ownRate) {
    this(ownRate, System::nanoTime);
  }

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  public Throttle(long ownRate, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.ownRate = ownRate;
    this.settledNanos = nanoTime.getAsLong();
  }

  /** Takes bytes that were moved off the balance. */
  public synchronized void spend(long bytes) {
    charge(bytes);
    spentBytes += bytes;
  }

  /** Takes the worth of bytes off the balance for work that moves none, such as seeks. */
  public synchronized void charge(long bytes) {
    settle();
    balanceBytes -= bytes;
  }

  /** How long to do nothing; zero if nothing is owed. */
  public synchronized Duration debt() {
    settle();
    long rate = rate();
    return rate == UNBOUNDED || balanceBytes >= 0
        ? Duration.ZERO
        : Duration.ofNanos((long) Math.ceil(-balanceBytes / rate * NANOS_PER_SECOND));
  }

  /** The worker's own rate from now on, in bytes per second. */
  public synchronized void pace(long bytesPerSecond) {
    settle();
    ownRate = bytesPerSecond;
  }

  /**
   * What an operator wants from now on.
   *
   * @param bytesPerSecond {@link #UNBOUNDED} for the worker's own rate
   */
  public synchronized void order(long bytesPerSecond) {
    settle();
    orderedRate = bytesPerSecond;
  }

  /** What an operator wants; {@link #UNBOUNDED} if nobody has said anything. */
  public synchronized long orderedRate() {
    return orderedRate;
  }

  /** The rate that holds, in bytes per second. */
  public synchronized long rate() {
    return orderedRate == UNBOUNDED ? ownRate : orderedRate;
  }

  /** Everything that was ever spent. */
  public synchronized long spentBytes() {
    return spentBytes;
  }

  /** Adds what time has earned; at most a second's worth is kept for later. */
  private void settle() {
    long now = nanoTime.getAsLong();
    long rate = rate();
    balanceBytes =
        rate == UNBOUNDED
            ? 0
            : Math.min(
                (double) rate, balanceBytes + (now - settledNanos) / NANOS_PER_SECOND * rate);
    settledNanos = now;
  }
}
