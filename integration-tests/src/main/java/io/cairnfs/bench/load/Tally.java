package io.cairnfs.bench.load;

/**
 * What a measured loop did.
 *
 * @param units operations, or bytes; fewer than asked for when the loop reached its cap
 * @param seconds from before the first to after the last, with what makes them durable if the row
 *     asks
 */
public record Tally(long units, double seconds) {

  private static final double NANOS = 1e9;
  private static final double MEBIBYTE = 1 << 20;

  /** From the clock of {@link System#nanoTime}. */
  static Tally since(long startNanos, long units) {
    return new Tally(units, (System.nanoTime() - startNanos) / NANOS);
  }

  /** Operations a second. */
  public double perSecond() {
    return units / seconds;
  }

  /** For a tally of bytes. */
  public double mebibytesPerSecond() {
    return units / MEBIBYTE / seconds;
  }
}
