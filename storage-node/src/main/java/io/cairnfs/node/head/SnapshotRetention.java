package io.cairnfs.node.head;

import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.SnapshotList;
import io.cairnfs.protocol.head.SnapshotSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which of the snapshots that a schedule made it does not keep any longer. */
final class SnapshotRetention {

  private SnapshotRetention() {}

  /** Those to be deleted. Snapshots that a person made are not among them, nor is the newest. */
  static List<Snapshot> expired(SnapshotList list, Instant now) {
    List<Snapshot> automatic = list.snapshots().stream().filter(Snapshot::automatic).toList();
    List<SnapshotSchedule.Keep> rules = list.schedule().keep();
    if (rules.isEmpty() || automatic.isEmpty()) {
      return List.of();
    }
    Set<Snapshot> kept = new HashSet<>();
    kept.add(automatic.getLast());
    for (SnapshotSchedule.Keep rule : rules) {
      Set<Long> spans = new HashSet<>();
      for (Snapshot snapshot : automatic) {
        Duration age = Duration.between(snapshot.created(), now);
        long span = Math.floorDiv(snapshot.created().getEpochSecond(), rule.each().toSeconds());
        if (age.compareTo(rule.period()) <= 0 && spans.add(span)) {
          kept.add(snapshot);
        }
      }
    }
    return automatic.stream().filter(snapshot -> !kept.contains(snapshot)).toList();
  }
}
