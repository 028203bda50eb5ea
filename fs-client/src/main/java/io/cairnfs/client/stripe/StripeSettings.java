package io.cairnfs.client.stripe;

import io.cairnfs.protocol.erasure.Erasure;
import java.time.Duration;

/**
 * What is put into stripes, and how fast.
 *
 * @param erasure how stripes of the volume are coded
 * @param age how long a file must not have changed before its blocks are put into stripes
 * @param scanPause between two walks over all extents
 * @param bytesPerSecond that are read and written
 */
public record StripeSettings(
    Erasure erasure, Duration age, Duration scanPause, long bytesPerSecond) {

  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(6);

  /** Mounts may not live for long. */
  private static final Duration LONGEST_START = Duration.ofMinutes(10);

  /** So often a walk is made while files grow old. */
  private static final int WALKS_PER_AGE = 4;

  public StripeSettings {
    if (age.isNegative() || !scanPause.isPositive() || bytesPerSecond <= 0) {
      throw new IllegalArgumentException("bounds are positive");
    }
  }

  /** With a pause between walks that fits the age. */
  public static StripeSettings of(Erasure erasure, Duration age, long bytesPerSecond) {
    Duration pause = age.dividedBy(WALKS_PER_AGE);
    if (pause.compareTo(SHORTEST_PAUSE) < 0) {
      pause = SHORTEST_PAUSE;
    }
    return new StripeSettings(
        erasure, age, pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE, bytesPerSecond);
  }

  /** Before the first walk of a mount, and after one that failed. */
  Duration startPause() {
    return scanPause.compareTo(LONGEST_START) < 0 ? scanPause : LONGEST_START;
  }
}
