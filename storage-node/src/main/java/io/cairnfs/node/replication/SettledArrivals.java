package io.cairnfs.node.replication;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Remembers how far the arrival log went a short time ago. A writer sends a block to all replicas
 * at once; what arrived here just now is probably on its way to the others, and need not be fetched
 * by them. Thread-safe.
 */
final class SettledArrivals {

  private record Sample(long nanos, long sequence) {}

  private final long delayNanos;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private long settled;

  /**
   * @param sequence of the last arrival, which is settled
   */
  SettledArrivals(Duration delay, long sequence) {
    this.delayNanos = delay.toNanos();
    this.settled = sequence;
  }

  /** Notes where the log ends now, and drops samples that have settled. */
  synchronized void sample(long nowNanos, long sequence) {
    while (!samples.isEmpty() && nowNanos - samples.getFirst().nanos() >= delayNanos) {
      settled = samples.removeFirst().sequence();
    }
    if (samples.isEmpty() || samples.getLast().sequence() != sequence) {
      samples.addLast(new Sample(nowNanos, sequence));
    }
  }

  /** The last arrival that is old enough. */
  synchronized long settled() {
    return settled;
  }
}
