package io.cairnfs.protocol.head;

import java.time.Duration;
import java.util.List;

/**
 * When a volume's head makes snapshots by itself, and which of those it keeps.
 *
 * @param every the time between two; zero for none
 * @param keep a snapshot stays for as long as any rule keeps it, and the newest always; empty keeps
 *     all
 */
public record SnapshotSchedule(Duration every, List<Keep> keep) {

  /** No snapshots by themselves. */
  public static final SnapshotSchedule NONE = new SnapshotSchedule(Duration.ZERO, List.of());

  /**
   * Keeps the first of each span of time.
   *
   * @param period for how long from a snapshot's making
   * @param each the span; no longer than the period
   */
  public record Keep(Duration period, Duration each) {

    public Keep {
      if (each.compareTo(HeadLimits.MIN_SNAPSHOT_INTERVAL) < 0 || period.compareTo(each) < 0) {
        throw new IllegalArgumentException(
            "a rule keeps one snapshot for each span of "
                + HeadLimits.MIN_SNAPSHOT_INTERVAL.toSeconds()
                + " s or more, over a period that is no shorter");
      }
    }
  }

  public SnapshotSchedule {
    keep = List.copyOf(keep);
    if (!every.isZero() && every.compareTo(HeadLimits.MIN_SNAPSHOT_INTERVAL) < 0) {
      throw new IllegalArgumentException(
          "snapshots are made every "
              + HeadLimits.MIN_SNAPSHOT_INTERVAL.toSeconds()
              + " s at most");
    }
    if (keep.size() > HeadLimits.MAX_KEEP_RULES) {
      throw new IllegalArgumentException("at most " + HeadLimits.MAX_KEEP_RULES + " rules");
    }
  }

  public boolean isNone() {
    return every.isZero();
  }
}
