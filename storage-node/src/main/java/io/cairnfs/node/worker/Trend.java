package io.cairnfs.node.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/**
 * How fast a figure changes, measured over about the last minute: rates, and from them how long
 * something will take. Thread-safe.
 */
public final class Trend {

  private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();

  /** Closer samples say no more; and the window holds a bounded number of them. */
  private static final long MIN_GAP_NANOS = Duration.ofSeconds(1).toNanos();

  private static final double NANOS_PER_SECOND = 1e9;

  private record Sample(long nanos, long value) {}

  private final Deque<Sample> samples = new ArrayDeque<>();

  /** The figure is this now. */
  public synchronized void sample(long nanoTime, long value) {
    Sample last = samples.peekLast();
    if (last != null && nanoTime - last.nanos() < MIN_GAP_NANOS) {
      return;
    }
    while (samples.size() > 1 && nanoTime - samples.getFirst().nanos() > WINDOW_NANOS) {
      samples.removeFirst();
    }
    samples.addLast(new Sample(nanoTime, value));
  }

  /** Change per second between the oldest and the newest sample; 0 for fewer than two. */
  public synchronized double perSecond() {
    if (samples.size() < 2) {
      return 0;
    }
    Sample first = samples.getFirst();
    Sample last = samples.getLast();
    return (last.value() - first.value()) / ((last.nanos() - first.nanos()) / NANOS_PER_SECOND);
  }

  /**
   * How many seconds an amount will take at a rate; empty if that is not known, because nothing
   * moves.
   */
  public static OptionalLong secondsFor(long amount, double perSecond) {
    if (amount == 0) {
      return OptionalLong.of(0);
    }
    return perSecond > 0
        ? OptionalLong.of((long) Math.ceil(amount / perSecond))
        : OptionalLong.empty();
  }
}
