package io.cairnfs.node.head.machine;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.FoldToken;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.NewSnapshot;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.SnapshotList;
import io.cairnfs.protocol.head.SnapshotMessages;
import io.cairnfs.protocol.head.SnapshotSchedule;
import io.cairnfs.protocol.head.message.SnapshotRecord;
import io.cairnfs.protocol.head.message.VolumeSnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * The snapshots of one volume, oldest first. One without a root bounds how far a fold may go, until
 * a fold has ended at its sequence.
 */
final class SnapshotSet {

  /** A snapshot, and the request that made it. */
  private record Entry(Snapshot snapshot, UUID request) {}

  private final List<Entry> entries = new ArrayList<>();
  private long lastSerial;
  private SnapshotSchedule schedule = SnapshotSchedule.NONE;
  private long changes;

  /**
   * Records a snapshot of a state.
   *
   * @param nextInode greater than any inode's number in it
   * @throws HeadException {@code EXISTS} or {@code REFUSED}
   */
  Snapshot create(NewSnapshot wanted, HeadState state, long nextInode) throws HeadException {
    for (Entry entry : entries) {
      if (entry.request().equals(wanted.request())) {
        return entry.snapshot();
      }
      if (entry.snapshot().name().equals(wanted.name())) {
        throw new HeadException(
            Reason.EXISTS, "the volume has a snapshot '" + wanted.name() + "' already");
      }
    }
    if (entries.size() >= HeadLimits.MAX_SNAPSHOTS) {
      throw new HeadException(
          Reason.REFUSED,
          "the volume has "
              + HeadLimits.MAX_SNAPSHOTS
              + " snapshots, the most there are;"
              + " delete some");
    }
    if (state.sequence() == 0) {
      throw new HeadException(
          Reason.REFUSED, "the volume was never mounted: there is nothing to take a snapshot of");
    }
    Instant created = Objects.requireNonNullElse(wanted.created(), Instant.EPOCH);
    Snapshot made =
        new Snapshot(
            ++lastSerial,
            wanted.name(),
            created,
            state.sequence(),
            state.rootSequence() == state.sequence() ? state.root() : null,
            state.usage(),
            nextInode,
            wanted.automatic());
    entries.add(new Entry(made, wanted.request()));
    changes++;
    return made;
  }

  void delete(long serial) {
    changes += entries.removeIf(entry -> entry.snapshot().serial() == serial) ? 1 : 0;
  }

  void setSchedule(SnapshotSchedule newSchedule) {
    schedule = newSchedule;
    changes++;
  }

  /** Counts what was done to them, from 0 in each process. */
  long changes() {
    return changes;
  }

  boolean hasSchedule() {
    return !schedule.isNone();
  }

  SnapshotList list() {
    return new SnapshotList(entries.stream().map(Entry::snapshot).toList(), schedule);
  }

  /** The last sequence that a fold may include. */
  long foldBound() {
    // A snapshot's sequence is at or after those of the ones before it.
    return entries.stream()
        .map(Entry::snapshot)
        .filter(snapshot -> snapshot.root() == null)
        .mapToLong(Snapshot::sequence)
        .findFirst()
        .orElse(FoldToken.UNBOUNDED);
  }

  /** A fold has ended: the snapshots that were taken there are what it made. */
  void folded(long through, Cid root) {
    entries.replaceAll(
        entry ->
            entry.snapshot().root() == null && entry.snapshot().sequence() == through
                ? new Entry(entry.snapshot().withRoot(root), entry.request())
                : entry);
  }

  void save(VolumeSnapshot.Builder to) {
    for (Entry entry : entries) {
      to.addSnapshot(
          SnapshotMessages.encode(entry.snapshot()).toBuilder()
              .setRequest(SnapshotMessages.encode(entry.request())));
    }
    to.setLastSnapshotSerial(lastSerial);
    if (!schedule.equals(SnapshotSchedule.NONE)) {
      to.setSchedule(SnapshotMessages.encode(schedule));
    }
  }

  static SnapshotSet load(VolumeSnapshot from) {
    SnapshotSet set = new SnapshotSet();
    for (SnapshotRecord record : from.getSnapshotList()) {
      ByteString request = record.getRequest();
      set.entries.add(
          new Entry(SnapshotMessages.decode(record), SnapshotMessages.decodeRequest(request)));
    }
    set.lastSerial = from.getLastSnapshotSerial();
    set.schedule = SnapshotMessages.decode(from.getSchedule());
    return set;
  }
}
