package io.cairnfs.node.replication;

import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.ListedBlock;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.store.SurplusCopy;
import io.cairnfs.node.worker.Tally;
import io.cairnfs.node.worker.Worker;
import io.cairnfs.protocol.block.Redundancy;
import io.cairnfs.protocol.identity.Key256;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Gatherers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands blocks that are here and belong to others over to those: what was put here while a
 * designated replica was down, and what a change of the cluster has given to others. A copy is
 * dropped only when all designated replicas have confirmed that they have it.
 */
final class SurplusCopies implements Worker {

  private static final Logger LOG = LoggerFactory.getLogger(SurplusCopies.class);

  private static final Duration TICK = Duration.ofSeconds(1);

  /** Blocks that are offered at once. */
  private static final int BATCH = 256;

  /** While nothing happens in the cluster, a pass is made so many times between two comparisons. */
  private static final int PASSES = 4;

  private final BlockStore store;
  private final DesignatedReplicas replicas;
  private final PairFingerprints fingerprints;
  private final Confirmation confirmation;
  private final Dropping dropping;
  private final CatchUp catchUp;
  private final PassSchedule schedule;
  private int position;
  private long left;
  private long run;
  private final AtomicLong dropped = new AtomicLong();
  private volatile long waiting;
  private volatile String progress = "not looked yet";

  SurplusCopies(
      BlockStore store,
      DesignatedReplicas replicas,
      PairFingerprints fingerprints,
      Confirmation confirmation,
      Dropping dropping,
      CatchUp catchUp,
      ReplicationSettings settings) {
    this.store = store;
    this.replicas = replicas;
    this.fingerprints = fingerprints;
    this.confirmation = confirmation;
    this.dropping = dropping;
    this.catchUp = catchUp;
    Duration idle = settings.compare().dividedBy(PASSES);
    this.schedule = new PassSchedule(replicas, settings.settle(), idle);
  }

  @Override
  public String name() {
    return "hand-over";
  }

  @Override
  public String progress() {
    return dropped.get() + " copies handed over since the start, " + progress;
  }

  @Override
  public Tally tally() {
    return Tally.blocks(dropped.get(), waiting);
  }

  @Override
  public Duration work() throws StoreException, InterruptedException {
    if (schedule.hasChanged()) {
      beginPass();
    }
    if (!schedule.isDue() || catchUp.isBusy() || replicas.isDraining()) {
      return TICK;
    }
    long started = System.nanoTime();
    while (position < KeyRange.PARTS) {
      handOverNext();
      if (System.nanoTime() - started > TICK.toNanos()) {
        return Rest.since(started);
      }
    }
    endPass();
    return TICK;
  }

  private void beginPass() {
    position = 0;
    left = 0;
  }

  /** Offers ranges together until there is enough for a batch: a round trip is shared by all. */
  private void handOverNext() throws StoreException, InterruptedException {
    List<ListedBlock> blocks = new ArrayList<>();
    while (position < KeyRange.PARTS && blocks.size() < BATCH) {
      gather(KeyRange.ALL.part(position++), blocks);
    }
    for (List<ListedBlock> batch : blocks.stream().gather(Gatherers.windowFixed(BATCH)).toList()) {
      offer(batch);
    }
  }

  private void gather(KeyRange range, List<ListedBlock> blocks)
      throws StoreException, InterruptedException {
    if (fingerprints.surplus(range) == 0) {
      return;
    }
    for (ListedBlock block : fingerprints.sound(range)) {
      if (!block.stat().pinned()
          && !Redundancy.isShard(block.stat().replication())
          && !replicas.isDesignated(replicas.self(), block.digest(), block.stat().replication())) {
        blocks.add(block);
      }
    }
  }

  private void offer(List<ListedBlock> batch) throws StoreException, InterruptedException {
    List<Key256> digests = batch.stream().map(ListedBlock::digest).toList();
    dropping.begin(digests);
    try {
      List<SurplusCopy> safe = confirmation.confirm(batch);
      int gone = store.drop(safe);
      dropped.addAndGet(gone);
      left += batch.size() - gone;
    } finally {
      dropping.end(digests);
    }
  }

  private void endPass() {
    waiting = left;
    progress = left + " wait for those who should hold them";
    long moved = dropped.get() - run;
    if (moved > 0) {
      LOG.info("Handed over {} copies, {} wait", moved, left);
      run = dropped.get();
    }
    schedule.passed(moved > 0, left);
    beginPass();
  }
}
