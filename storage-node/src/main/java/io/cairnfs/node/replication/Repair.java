package io.cairnfs.node.replication;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.worker.Tally;
import io.cairnfs.node.worker.Throttle;
import io.cairnfs.node.worker.Worker;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets blocks that are damaged or missing here from whoever has them: those with the fewest
 * replicas first, from the first live node in replica order that is known to hold the block, else
 * candidate by candidate.
 */
final class Repair implements Worker {

  private static final Logger LOG = LoggerFactory.getLogger(Repair.class);

  /** Blocks that are asked for at once; as many of them come as fit a reply. */
  private static final int BATCH = 512;

  /** After so many bytes a unit of work is over. */
  private static final int UNIT_BYTES = 8 << 20;

  private static final int MAX_QUARANTINED = 64;
  private static final Duration WHEN_WHOLE = Duration.ofMillis(500);
  private static final Duration WHEN_NOBODY_HELPS = Duration.ofSeconds(15);

  private final BlockStore store;
  private final DesignatedReplicas replicas;
  private final BlockCopier copier;
  private final MissingBlocks missing;
  private final Throttle throttle;
  private final AtomicLong repaired = new AtomicLong();
  private final AtomicLong repairedBytes = new AtomicLong();

  /** When damaged blocks that nobody could give are asked for again. */
  private final Map<Key256, Long> damagedRetryNanos = new HashMap<>();

  /** Blocks that somebody may have and could not give; confined to a unit of work. */
  private final Set<Key256> failed = new HashSet<>();

  private long run;

  /**
   * @param bytesPerSecond how much it copies at most; 0 for any number
   */
  Repair(
      BlockStore store,
      DesignatedReplicas replicas,
      BlockCopier copier,
      MissingBlocks missing,
      long bytesPerSecond) {
    this.store = store;
    this.replicas = replicas;
    this.copier = copier;
    this.missing = missing;
    this.throttle = new Throttle(bytesPerSecond);
  }

  @Override
  public String name() {
    return "repair";
  }

  @Override
  public String progress() {
    return repaired.get()
        + " blocks of "
        + repairedBytes.get()
        + " bytes repaired since the start, "
        + missing.count()
        + " are missing";
  }

  @Override
  public Tally tally() {
    return Tally.blocks(repaired.get(), missing.count() + store.figures().quarantined());
  }

  @Override
  public Throttle throttle() {
    return throttle;
  }

  @Override
  public Duration work() throws StoreException, InterruptedException {
    long started = System.nanoTime();
    Set<Key256> wanted = new LinkedHashSet<>(store.quarantined(MAX_QUARANTINED));
    wanted.addAll(missing.some(BATCH, started));
    wanted.removeIf(digest -> missing.find(digest) == null && isWaiting(digest, started));
    removePresent(wanted);
    if (wanted.isEmpty()) {
      endRun();
      return WHEN_WHOLE;
    }
    long before = repairedBytes.get();
    repair(wanted, before + UNIT_BYTES);
    throttle.spend(repairedBytes.get() - before);
    return Rest.since(started);
  }

  /** What came by another way needs no repair. */
  private void removePresent(Set<Key256> wanted) throws StoreException, InterruptedException {
    List<Key256> digests = List.copyOf(wanted);
    for (int i : store.have(digests).stream().toArray()) {
      missing.remove(digests.get(i));
      wanted.remove(digests.get(i));
    }
  }

  private void endRun() {
    long now = repaired.get();
    if (now > run) {
      LOG.info("Repaired {} blocks; {} are missing still", now - run, missing.count());
      run = now;
    }
  }

  private boolean isWaiting(Key256 digest, long nowNanos) {
    damagedRetryNanos.values().removeIf(at -> at - nowNanos <= 0);
    return damagedRetryNanos.containsKey(digest);
  }

  private void repair(Set<Key256> wanted, long untilBytes)
      throws StoreException, InterruptedException {
    failed.clear();
    Map<Key256, Set<NodeId>> asked = new LinkedHashMap<>();
    wanted.forEach(digest -> asked.put(digest, new HashSet<>()));
    while (!asked.isEmpty() && repairedBytes.get() < untilBytes) {
      Map<NodeRecord, List<Key256>> bySource = new LinkedHashMap<>();
      for (Map.Entry<Key256, Set<NodeId>> block : List.copyOf(asked.entrySet())) {
        NodeRecord source = source(block.getKey(), block.getValue());
        if (source == null) {
          nobodyHelps(block.getKey());
          asked.remove(block.getKey());
        } else {
          bySource.computeIfAbsent(source, s -> new ArrayList<>()).add(block.getKey());
        }
      }
      for (Map.Entry<NodeRecord, List<Key256>> source : bySource.entrySet()) {
        copy(source.getKey(), source.getValue(), asked, untilBytes);
      }
    }
  }

  private void nobodyHelps(Key256 digest) throws InterruptedException {
    if (!failed.remove(digest) && everybodyIsUp(digest)) {
      // Nobody has it: it was deleted meanwhile, or the next comparison finds it again.
      missing.remove(digest);
    }
    long retry = System.nanoTime() + WHEN_NOBODY_HELPS.toNanos();
    missing.retry(digest, retry);
    damagedRetryNanos.put(digest, retry);
  }

  private boolean everybodyIsUp(Key256 digest) throws InterruptedException {
    return replicas.sources(digest, missing.holders(digest)).stream()
        .allMatch(node -> replicas.isUp(node.id()));
  }

  /** The next node to ask for a block; null if all were asked. */
  private @Nullable NodeRecord source(Key256 digest, Set<NodeId> asked)
      throws InterruptedException {
    Set<NodeId> holders = missing.holders(digest);
    NodeRecord other = null;
    for (NodeRecord node : replicas.sources(digest, holders)) {
      if (!asked.contains(node.id()) && replicas.isUp(node.id())) {
        if (holders.contains(node.id())) {
          return node;
        }
        other = other == null ? node : other;
      }
    }
    return other;
  }

  private void copy(
      NodeRecord source, List<Key256> digests, Map<Key256, Set<NodeId>> asked, long untilBytes)
      throws StoreException, InterruptedException {
    List<Key256> left = new ArrayList<>(digests);
    try {
      while (!left.isEmpty() && repairedBytes.get() < untilBytes) {
        BlockCopier.Copied copied = copier.copy(source.peer(), left, this::wanted);
        repaired.addAndGet(copied.stored().size());
        repairedBytes.addAndGet(copied.bytes());
        for (Key256 digest : copied.stored()) {
          missing.remove(digest);
          asked.remove(digest);
        }
        left.removeAll(new HashSet<>(copied.stored()));
        left.removeAll(new HashSet<>(copied.absent()));
        left.removeAll(new HashSet<>(copied.refused()));
        askOthers(source, copied.absent(), asked);
        askOthers(source, copied.refused(), asked);
        copied.refused().forEach(failed::add);
        if (copied.stored().isEmpty() && copied.absent().isEmpty() && copied.refused().isEmpty()) {
          throw new WireException(WireError.MALFORMED, "a copy was answered with nothing");
        }
      }
    } catch (WireException e) {
      LOG.debug("{} cannot help: {}", source.id(), e.getMessage());
      askOthers(source, left, asked);
      failed.addAll(left);
    }
  }

  private static void askOthers(
      NodeRecord source, List<Key256> digests, Map<Key256, Set<NodeId>> asked) {
    for (Key256 digest : digests) {
      Set<NodeId> nodes = asked.get(digest);
      if (nodes != null) {
        nodes.add(source.id());
      }
    }
  }

  private Wanted wanted(Key256 digest) {
    Wanted told = missing.find(digest);
    return told == null ? Wanted.UNKNOWN : told;
  }
}
