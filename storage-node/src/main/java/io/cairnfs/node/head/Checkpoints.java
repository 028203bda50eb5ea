package io.cairnfs.node.head;

import io.cairnfs.dht.core.Value;
import io.cairnfs.node.head.machine.CheckpointMark;
import io.cairnfs.node.head.machine.HeadMachine;
import io.cairnfs.node.worker.Worker;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.RecoveryMessages;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.CheckpointRecord;
import io.cairnfs.protocol.head.message.HeadRecord;
import io.cairnfs.protocol.head.message.SnapshotRecord;
import io.cairnfs.protocol.identity.Identity;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a signed checkpoint of each volume that this node leads outside of its head, so that the
 * owner can found the volume again when its voters are lost; and lets go of volumes of which that
 * was done while this node was away.
 */
public final class Checkpoints implements Worker {

  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** A checkpoint may be so late: little beside the time between two folds. */
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** Questions to the DHT in a unit of work. */
  private static final int PER_UNIT = 16;

  /** How often it is asked whether a volume was founded again elsewhere. */
  private static final Duration RECHECK = Duration.ofMinutes(5);

  /** For a signature and what else is around the head. */
  private static final int ENVELOPE_BYTES = 256;

  private final HostedHeads heads;
  private final VolumeDirectory directory;
  private final Identity self;
  private final InstantSource clock;
  private final Map<VolumeId, CheckpointMark> published = new HashMap<>();
  private final Map<VolumeId, Long> checkedNanos = new HashMap<>();
  private long version;
  private final AtomicLong stored = new AtomicLong();
  private volatile long waiting;

  /**
   * @param self signs what this node says
   */
  public Checkpoints(
      HostedHeads heads, VolumeDirectory directory, Identity self, InstantSource clock) {
    this.heads = heads;
    this.directory = directory;
    this.self = self;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "checkpoints";
  }

  @Override
  public String progress() {
    return stored + " checkpoints of volumes stored in the DHT, " + waiting + " wait";
  }

  @Override
  public Duration work() throws HeadException, InterruptedException {
    int budget = PER_UNIT;
    long behind = 0;
    for (Hosted hosted : heads.all()) {
      HeadEngine engine = hosted.heads().engine();
      if (!engine.leads()) {
        continue;
      }
      Map<VolumeId, CheckpointMark> marks = engine.peek(HeadMachine::checkpointMarks);
      for (Map.Entry<VolumeId, CheckpointMark> volume : marks.entrySet()) {
        if (budget > 0 && mustCheck(volume.getKey())) {
          budget--;
          if (retired(engine, volume.getKey(), volume.getValue().epoch())) {
            continue;
          }
        }
        if (isBehind(volume.getKey(), volume.getValue())) {
          boolean done = budget-- > 0 && publish(engine, volume.getKey(), volume.getValue());
          behind += done ? 0 : 1;
        }
      }
    }
    waiting = behind;
    return budget > 0 ? INTERVAL : Duration.ZERO;
  }

  private boolean mustCheck(VolumeId volume) {
    Long last = checkedNanos.get(volume);
    return last == null || System.nanoTime() - last >= RECHECK.toNanos();
  }

  /** Lets go of a volume that was founded again in a later epoch than this head is of. */
  private boolean retired(HeadEngine engine, VolumeId volume, long epoch)
      throws HeadException, InterruptedException {
    Optional<Founding> holds = directory.founding(volume, TIMEOUT);
    if (holds.isPresent()) {
      checkedNanos.put(volume, System.nanoTime());
    }
    if (holds.isEmpty() || holds.get().epoch() <= epoch) {
      return false;
    }
    LOG.warn(
        "Volume {} was founded again elsewhere, in epoch {}: its head here, of epoch {}, ends",
        volume,
        holds.get().epoch(),
        epoch);
    RecoveryHeads.retire(engine, HeadMessages.encode(holds.get()), TIMEOUT);
    checkedNanos.remove(volume);
    published.remove(volume);
    return true;
  }

  private boolean isBehind(VolumeId volume, CheckpointMark mark) {
    return mark.rootSequence() > 0 && !mark.equals(published.get(volume));
  }

  private boolean publish(HeadEngine engine, VolumeId volume, CheckpointMark mark)
      throws HeadException, InterruptedException {
    HeadRecord head = RecoveryMessages.atRoot(engine.read(m -> m.export(volume), TIMEOUT));
    if (!directory.publish(checkpoint(head), TIMEOUT)) {
      return false;
    }
    published.put(volume, mark);
    stored.incrementAndGet();
    return true;
  }

  private CheckpointRecord checkpoint(HeadRecord head) {
    version = Math.max(version + 1, clock.millis());
    HeadRecord fitting = head;
    int leftOut = 0;
    while (fitting.getSerializedSize() + ENVELOPE_BYTES > Value.MAX_BYTES
        && fitting.getSnapshotCount() > 0) {
      fitting = withoutOne(fitting);
      leftOut++;
    }
    return RecoveryMessages.sign(
        CheckpointRecord.newBuilder()
            .setHead(fitting)
            .setVersion(version)
            .setSnapshotsLeftOut(leftOut)
            .build(),
        self);
  }

  /** Without the oldest snapshot that a schedule made; or that a person made, if there is none. */
  private static HeadRecord withoutOne(HeadRecord head) {
    List<SnapshotRecord> snapshots = new ArrayList<>(head.getSnapshotList());
    int oldest = 0;
    while (oldest < snapshots.size() && !snapshots.get(oldest).getAutomatic()) {
      oldest++;
    }
    snapshots.remove(oldest < snapshots.size() ? oldest : 0);
    return head.toBuilder().clearSnapshot().addAllSnapshot(snapshots).build();
  }
}
