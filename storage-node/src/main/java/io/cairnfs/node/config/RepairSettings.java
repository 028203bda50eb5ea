package io.cairnfs.node.config;

import io.cairnfs.node.replication.ReplicationSettings;
import java.time.Duration;

/**
 * How a node keeps replicas whole.
 *
 * @param rebuildAfter how long this node may be away before its blocks are copied to others
 * @param compare how often all replicas are compared while nothing changes
 * @param bytesPerSecond how much repair copies at most; 0 for any number
 */
public record RepairSettings(Duration rebuildAfter, Duration compare, long bytesPerSecond) {

  /** Longer would keep blocks at fewer replicas than they should have. */
  private static final Duration LONGEST = Duration.ofDays(30);

  /** A restart, or a small repair of the machine, moves no data. */
  public static final RepairSettings DEFAULT =
      new RepairSettings(Duration.ofMinutes(15), Duration.ofHours(1), 0);

  /**
   * @throws IllegalArgumentException if a value is out of range
   */
  public RepairSettings {
    if (!rebuildAfter.isPositive() || rebuildAfter.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("repair.rebuild-after is positive and at most 30d");
    }
    if (!compare.isPositive()) {
      throw new IllegalArgumentException("repair.compare is positive");
    }
    if (bytesPerSecond < 0) {
      throw new IllegalArgumentException("repair.rate is not negative");
    }
  }

  /** What replication needs of it. */
  public ReplicationSettings replication() {
    return ReplicationSettings.DEFAULT.with(compare, bytesPerSecond);
  }
}
