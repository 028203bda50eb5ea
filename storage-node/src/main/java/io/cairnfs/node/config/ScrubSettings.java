package io.cairnfs.node.config;

import java.time.Duration;

/**
 * How a node reads its blocks again, to find those that the disk has damaged.
 *
 * @param period within which each block is read; zero for never
 * @param budgetBytes what that may read per second, unless an operator orders something else
 */
public record ScrubSettings(Duration period, long budgetBytes) {

  /**
   * Rot is rare, and a replica more is lost seldom: what others use, at a few percent of a disk.
   */
  public static final ScrubSettings DEFAULT = new ScrubSettings(Duration.ofDays(14), 32L << 20);

  /**
   * @throws IllegalArgumentException if a value is out of range
   */
  public ScrubSettings {
    if (period.isNegative() || budgetBytes <= 0) {
      throw new IllegalArgumentException("the scrub's period and budget are positive");
    }
  }

  public boolean isOff() {
    return period.isZero();
  }
}
