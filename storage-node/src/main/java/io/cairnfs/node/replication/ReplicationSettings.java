package io.cairnfs.node.replication;

import java.time.Duration;

/**
 * How replicas are kept whole.
 *
 * @param settle how long after its arrival a block is told of, and after a change of the cluster
 *     nothing is done: a writer, or the news, has reached everybody by then
 * @param ask how often a peer without news is asked for arrivals
 * @param compare how often all replicas are compared while nothing changes
 * @param bytesPerSecond how much is copied from other nodes at most; 0 for any number
 */
public record ReplicationSettings(
    Duration settle, Duration ask, Duration compare, long bytesPerSecond) {

  /** What workers sleep on the way from an arrival to its confirmation, with a margin. */
  private static final Duration TICKS = Duration.ofSeconds(2);

  /** The defaults. */
  public static final ReplicationSettings DEFAULT =
      new ReplicationSettings(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofHours(1), 0);

  /**
   * @throws IllegalArgumentException if a value is out of range
   */
  public ReplicationSettings {
    if (settle.isNegative() || !ask.isPositive() || !compare.isPositive() || bytesPerSecond < 0) {
      throw new IllegalArgumentException("the intervals of replication are positive");
    }
  }

  /**
   * How long after its arrival a block has been confirmed by every peer that is up: it is told of,
   * asked for, and confirmed with the question after that.
   */
  Duration confirm() {
    return settle.plus(ask.multipliedBy(2)).plus(TICKS);
  }

  /** The same with what operators set. */
  public ReplicationSettings with(Duration newCompare, long newBytesPerSecond) {
    return new ReplicationSettings(settle, ask, newCompare, newBytesPerSecond);
  }
}
