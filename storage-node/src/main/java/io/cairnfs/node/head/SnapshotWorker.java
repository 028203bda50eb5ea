package io.cairnfs.node.head;

import io.cairnfs.node.worker.Worker;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.NewSnapshot;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.SnapshotList;
import io.cairnfs.protocol.head.Snapshots;
import io.cairnfs.protocol.head.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes snapshots by the schedules of the volumes that are hosted here, and deletes those that a
 * schedule made and does not keep; on the voter that leads, whether a volume is mounted or not.
 */
public final class SnapshotWorker implements Worker {

  private static final Logger LOG = LoggerFactory.getLogger(SnapshotWorker.class);

  /** A snapshot may be so late: little beside the shortest time between two. */
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** What mounts may take to commit what they have: a silent one holds up all volumes. */
  private static final Duration DRAIN_WAIT = Duration.ofSeconds(1);

  private final HostedHeads heads;
  private final InstantSource clock;
  private final Duration drainWait;
  private final AtomicLong made = new AtomicLong();
  private final AtomicLong deleted = new AtomicLong();

  public SnapshotWorker(HostedHeads heads, InstantSource clock) {
    this(heads, clock, DRAIN_WAIT);
  }

  SnapshotWorker(HostedHeads heads, InstantSource clock, Duration drainWait) {
    this.heads = heads;
    this.clock = clock;
    this.drainWait = drainWait;
  }

  @Override
  public String name() {
    return "snapshots";
  }

  @Override
  public String progress() {
    return made + " made, " + deleted + " deleted";
  }

  @Override
  public Duration work() throws HeadException, InterruptedException {
    for (Hosted hosted : heads.all()) {
      HeadEngine engine = hosted.heads().engine();
      if (engine.leads()) {
        Map<VolumeId, SnapshotList> scheduled = engine.peek(machine -> machine.scheduled());
        for (Map.Entry<VolumeId, SnapshotList> volume : scheduled.entrySet()) {
          serve(hosted.snapshots(), volume.getKey(), volume.getValue());
        }
      }
    }
    return INTERVAL;
  }

  private void serve(Snapshots snapshots, VolumeId volume, SnapshotList list)
      throws InterruptedException {
    Instant now = clock.instant();
    try {
      // First, so that a volume that has as many as there may be comes below that.
      for (Snapshot expired : SnapshotRetention.expired(list, now)) {
        snapshots.delete(volume, expired.serial(), TIMEOUT);
        deleted.incrementAndGet();
      }
      if (isDue(list, now)) {
        snapshots.drain(volume, drainWait, TIMEOUT);
        String name = "auto-" + now.truncatedTo(ChronoUnit.SECONDS);
        snapshots.create(volume, NewSnapshot.scheduled(name), TIMEOUT);
        made.incrementAndGet();
      }
    } catch (HeadException e) {
      // The others get theirs; this one is tried again.
      LOG.warn("the scheduled snapshot of volume {} failed: {}", volume, e.getMessage());
    }
  }

  private static boolean isDue(SnapshotList list, Instant now) {
    return list.snapshots().stream()
        .filter(Snapshot::automatic)
        .reduce((older, newer) -> newer)
        .map(last -> !last.created().plus(list.schedule().every()).isAfter(now))
        .orElse(true);
  }
}
