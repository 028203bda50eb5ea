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

  /** The same with what operators set. */
  public ReplicationSettings with(Duration newCompare, long newBytesPerSecond) {
    return new ReplicationSettings(settle, ask, newCompare, newBytesPerSecond);
  }
}
