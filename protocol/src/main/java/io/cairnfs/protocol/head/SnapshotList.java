package io.cairnfs.protocol.head;

import java.util.List;
import java.util.Optional;

/**
 * The snapshots of a volume.
 *
 * @param snapshots oldest first
 * @param schedule by which the head makes more
 */
public record SnapshotList(List<Snapshot> snapshots, SnapshotSchedule schedule) {

  public SnapshotList {
    snapshots = List.copyOf(snapshots);
  }

  /** The snapshot of this name. */
  public Optional<Snapshot> find(String name) {
    return snapshots.stream().filter(snapshot -> snapshot.name().equals(name)).findFirst();
  }
}
