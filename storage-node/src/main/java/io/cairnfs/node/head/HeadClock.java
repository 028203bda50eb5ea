package io.cairnfs.node.head;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The time of a cell: it stands still while there is no leader, and goes on from where the log says
 * it was when one begins. So it never jumps with a machine's clock, a reboot neither ends a lease
 * early nor keeps it for ever, and nothing but the log has to be kept. That a leader gives every
 * lease its full length when it begins makes up for the time that stood still. Thread-safe.
 */
public final class HeadClock {

  private final LongSupplier nanoTime;
  private final long startMillis;
  private final long startNanos;

  /**
   * @param startMillis the time of the last command in the log
   * @param nanoTime never goes back, such as {@link System#nanoTime}; may stop while the machine
   *     sleeps
   */
  public HeadClock(long startMillis, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.startMillis = startMillis;
    this.startNanos = nanoTime.getAsLong();
  }

  public long nowMillis() {
    return startMillis + TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - startNanos);
  }
}
