package io.cairnfs.node.replication;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.worker.Worker;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what is here with what each other node has, after changes of the membership and from
 * time to time, and tells {@link Repair} what this node lacks. Once a run has begun it goes on in
 * small steps; what is found is looked for again a little later, since a writer sends a block to
 * all replicas at once.
 */
final class Comparison implements Worker {

  private static final Logger LOG = LoggerFactory.getLogger(Comparison.class);

  /** How often it looks whether anything is to be done. */
  private static final Duration TICK = Duration.ofMillis(500);

  /** After a run that could not reach everybody. */
  private static final Duration RETRY = Duration.ofSeconds(15);

  /** A run stops for the repair of what it found when that is so much. */
  private static final int MAX_LACKING = 50_000;

  private final BlockStore store;
  private final DesignatedReplicas replicas;
  private final PairFingerprints fingerprints;
  private final Transport transport;
  private final MissingBlocks missing;
  private final CatchUp catchUp;
  private final ReplicationSettings settings;
  private @Nullable Object view;
  private long dueNanos;
  private boolean running;
  private final Deque<PairComparison> todo = new ArrayDeque<>();
  private final List<PairComparison> done = new ArrayList<>();
  private int from;
  private boolean unreachable;
  private long startedNanos;
  private volatile boolean changed;
  private volatile String progress = "no comparison yet";

  Comparison(
      BlockStore store,
      DesignatedReplicas replicas,
      PairFingerprints fingerprints,
      Transport transport,
      MissingBlocks missing,
      CatchUp catchUp,
      ReplicationSettings settings) {
    this.store = store;
    this.replicas = replicas;
    this.fingerprints = fingerprints;
    this.transport = transport;
    this.missing = missing;
    this.catchUp = catchUp;
    this.settings = settings;
    this.dueNanos = System.nanoTime();
  }

  @Override
  public String name() {
    return "comparison";
  }

  @Override
  public String progress() {
    return progress;
  }

  /** Says that not all replicas are compared yet after a change of who should hold what. */
  Optional<String> complaint() {
    return changed
        ? Optional.of("replicas are being compared after a change of the cluster: " + progress)
        : Optional.empty();
  }

  @Override
  public Duration work() throws StoreException, InterruptedException {
    noticeChange();
    long now = System.nanoTime();
    if (!running) {
      if (dueNanos - now > 0 || catchUp.isBusy() || missing.count() > MAX_LACKING / 2) {
        return TICK;
      }
      begin(now);
    }
    PairComparison current = todo.peekFirst();
    if (current == null) {
      finish();
      return TICK;
    }
    step(current);
    return Rest.since(now);
  }

  private void noticeChange() {
    Object now = replicas.view();
    if (!now.equals(view)) {
      if (view != null) {
        LOG.info("The cluster has changed; replicas are compared");
      }
      view = now;
      changed = !replicas.peers().isEmpty();
      running = false;
      from = 0;
      // Others hear of it, too.
      dueNanos = System.nanoTime() + settings.settle().toNanos();
    }
  }

  private void begin(long now) {
    todo.clear();
    done.clear();
    unreachable = false;
    for (NodeRecord peer : replicas.peers()) {
      if (replicas.isUp(peer.id())) {
        todo.add(new PairComparison(store, replicas, fingerprints, transport, peer, from));
      }
    }
    startedNanos = now;
    running = true;
  }

  private void step(PairComparison current) throws StoreException, InterruptedException {
    try {
      current.step();
      progress =
          "with "
              + current.peer().id()
              + ": "
              + current.through() * 100 / KeyRange.PARTS
              + " %, "
              + current.lacking().size()
              + " blocks are not here";
    } catch (WireException e) {
      LOG.debug("{} does not compare: {}", current.peer().id(), e.getMessage());
      unreachable = true;
      todo.removeFirst();
      return;
    }
    if (current.isDone() || current.lacking().size() > MAX_LACKING) {
      todo.removeFirst();
      done.add(current);
    }
  }

  /** Hands over what is still not here. */
  private void finish() throws StoreException, InterruptedException {
    Map<Key256, Set<NodeId>> holders = new LinkedHashMap<>();
    int through = KeyRange.PARTS;
    int messages = 0;
    long bytes = 0;
    for (PairComparison pair : done) {
      through = Math.min(through, pair.through());
      messages += pair.messages();
      bytes += pair.bytes();
      for (Key256 digest : pair.lacking()) {
        holders.computeIfAbsent(digest, k -> new HashSet<>()).add(pair.peer().id());
      }
    }
    if (!holders.isEmpty()) {
      Thread.sleep(settings.settle());
      removePresent(holders);
    }
    holders.forEach((digest, nodes) -> missing.add(digest, Wanted.UNKNOWN, nodes));
    running = false;
    String result =
        String.format(
            "compared with %d nodes in %d ms: %d messages of %d bytes, %d blocks were not here",
            done.size(),
            (System.nanoTime() - startedNanos) / 1_000_000,
            messages,
            bytes,
            holders.size());
    progress = result;
    if (!holders.isEmpty()) {
      LOG.info("{}", result);
    }
    todo.clear();
    done.clear();
    from = through == KeyRange.PARTS ? 0 : through;
    changed &= unreachable || from > 0;
    Duration wait = unreachable ? RETRY : from > 0 ? Duration.ZERO : settings.compare();
    dueNanos = System.nanoTime() + wait.toNanos();
  }

  private void removePresent(Map<Key256, Set<NodeId>> holders)
      throws StoreException, InterruptedException {
    List<Key256> digests = new ArrayList<>(holders.keySet());
    BitSet present = store.have(digests);
    present.stream().forEach(i -> holders.remove(digests.get(i)));
  }
}
