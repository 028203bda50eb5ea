package io.cairnfs.node.replication;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.ListedBlock;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.worker.Tally;
import io.cairnfs.node.worker.Throttle;
import io.cairnfs.node.worker.Worker;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.block.Redundancy;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Stripe;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.ipld.CborException;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps stripes whole: of the nodes that hold a stripe's description the first live one in order
 * asks where the shards are, makes those that are missing from the others, and moves those that are
 * on the wrong nodes. It does so after a change of the cluster and from time to time. A shard that
 * may be on a node that is down is waited for as long as replicas are.
 */
final class StripeKeeper implements Worker {

  private static final Logger LOG = LoggerFactory.getLogger(StripeKeeper.class);

  private static final Duration TICK = Duration.ofSeconds(1);

  /** Keys of the index that one unit of work looks at. */
  private static final int PAGE = 4096;

  /** Stripes that are asked for at once. */
  private static final int BATCH = 128;

  private final BlockStore store;
  private final DesignatedReplicas replicas;
  private final ShardTransfers transfers;
  private final PassSchedule schedule;
  private final Throttle throttle;
  private final Deque<Kept> todo = new ArrayDeque<>();
  private @Nullable Key256 position;
  private long stripes;
  private long left;
  private long run;
  private final AtomicLong done = new AtomicLong();
  private volatile long waiting;
  private volatile String progress = "not looked yet";

  StripeKeeper(
      BlockStore store,
      DesignatedReplicas replicas,
      Transport transport,
      ReplicationSettings settings) {
    this.store = store;
    this.replicas = replicas;
    this.transfers = new ShardTransfers(transport);
    this.schedule = new PassSchedule(replicas, settings.settle(), settings.compare());
    this.throttle = new Throttle(settings.bytesPerSecond());
  }

  /** A stripe that this node cares for. */
  private static final class Kept {
    final Key256 digest;
    final Stripe stripe;
    final List<NodeRecord> order;

    /** Who has each shard. */
    final List<Set<NodeId>> holders = new ArrayList<>();

    /** Candidates that did not answer. */
    int silent;

    Kept(Key256 digest, Stripe stripe, List<NodeRecord> order) {
      this.digest = digest;
      this.stripe = stripe;
      this.order = order;
      stripe.shards().forEach(shard -> holders.add(new HashSet<>()));
    }

    long missing() {
      return holders.stream().filter(Set::isEmpty).count();
    }

    NodeRecord node(NodeId id) {
      return order.stream().filter(node -> node.id().equals(id)).findFirst().orElseThrow();
    }
  }

  @Override
  public String name() {
    return "stripes";
  }

  @Override
  public String progress() {
    return done.get() + " shards rebuilt or moved since the start, " + progress;
  }

  @Override
  public Tally tally() {
    return Tally.blocks(done.get(), waiting);
  }

  @Override
  public Throttle throttle() {
    return throttle;
  }

  /** Shards that the last look found neither where they should be nor could bring there. */
  long waiting() {
    return waiting;
  }

  @Override
  public Duration work() throws StoreException, InterruptedException {
    if (schedule.hasChanged()) {
      beginPass();
    }
    if (!schedule.isDue() || replicas.isDraining()) {
      return TICK;
    }
    long started = System.nanoTime();
    Kept next = todo.poll();
    if (next != null) {
      mend(next);
    } else if (!lookOn()) {
      endPass();
      return TICK;
    }
    return Rest.since(started);
  }

  private void beginPass() {
    position = null;
    todo.clear();
    stripes = 0;
    left = 0;
  }

  /**
   * Looks at a page of the index, and at the stripes in it that are this node's to keep.
   *
   * @return whether there was one
   */
  private boolean lookOn() throws StoreException, InterruptedException {
    Key256 from = position == null ? Key256.of(new byte[Key256.BYTES]) : position;
    List<ListedBlock> page = store.list(from, PAGE);
    List<Kept> batch = new ArrayList<>();
    for (ListedBlock block : page) {
      boolean again = position != null && block.digest().equals(position);
      Kept kept = again ? null : kept(block);
      if (kept != null) {
        batch.add(kept);
      }
      if (batch.size() == BATCH) {
        ask(batch);
        batch.clear();
      }
    }
    ask(batch);
    if (page.size() < PAGE) {
      boolean more = !todo.isEmpty();
      position = page.isEmpty() ? from : page.getLast().digest();
      return more;
    }
    position = page.getLast().digest();
    return true;
  }

  private @Nullable Kept kept(ListedBlock block) throws StoreException, InterruptedException {
    if (!Redundancy.isStripe(block.stat().replication()) || !block.isSound()) {
      return null;
    }
    List<NodeRecord> order = replicas.order(block.digest());
    for (NodeRecord node : order) {
      if (takesShards(node)) {
        return node.id().equals(replicas.self()) ? read(block.digest(), order) : null;
      }
    }
    return null;
  }

  private @Nullable Kept read(Key256 digest, List<NodeRecord> order)
      throws StoreException, InterruptedException {
    try {
      return new Kept(digest, Stripe.decode(store.get(digest)), order);
    } catch (CborException e) {
      LOG.warn("Block {} is said to describe a stripe, and does not: {}", digest, e.getMessage());
      return null;
    } catch (StoreException e) {
      if (e.reason() == StoreException.Reason.NOT_FOUND
          || e.reason() == StoreException.Reason.CORRUPT) {
        return null; // gone since it was listed, or to be repaired first
      }
      throw e;
    }
  }

  private boolean takesShards(NodeRecord node) {
    return node.state() == NodeState.ACTIVE && answers(node);
  }

  private boolean answers(NodeRecord node) {
    return node.id().equals(replicas.self()) || replicas.isUp(node.id());
  }

  /** Asks all nodes that may have them for the shards of some stripes. */
  private void ask(List<Kept> batch) throws InterruptedException {
    Map<NodeRecord, List<Kept>> byNode = new LinkedHashMap<>();
    for (Kept kept : batch) {
      kept.order.forEach(node -> byNode.computeIfAbsent(node, n -> new ArrayList<>()).add(kept));
    }
    for (Map.Entry<NodeRecord, List<Kept>> asked : byNode.entrySet()) {
      NodeRecord node = asked.getKey();
      Set<Cid> present = answers(node) ? present(node, asked.getValue()) : null;
      for (Kept kept : asked.getValue()) {
        if (present == null) {
          kept.silent++;
          continue;
        }
        List<Cid> shards = kept.stripe.shards();
        for (int i = 0; i < shards.size(); i++) {
          if (present.contains(shards.get(i))) {
            kept.holders.get(i).add(node.id());
          }
        }
      }
    }
    stripes += batch.size();
    for (Kept kept : batch) {
      if (!steps(kept).isEmpty()) {
        todo.add(kept);
      }
    }
  }

  private @Nullable Set<Cid> present(NodeRecord node, List<Kept> stripesThere)
      throws InterruptedException {
    List<Cid> shards = new ArrayList<>();
    stripesThere.forEach(kept -> shards.addAll(kept.stripe.shards()));
    try {
      return transfers.present(node, shards);
    } catch (WireException e) {
      LOG.debug("{} does not say which shards it has: {}", node.id(), e.getMessage());
      return null;
    }
  }

  private List<StripePlan.Step> steps(Kept kept) {
    List<NodeId> takers =
        kept.order.stream().filter(this::takesShards).map(NodeRecord::id).toList();
    return takers.isEmpty() ? List.of() : StripePlan.of(takers, kept.holders);
  }

  private void mend(Kept kept) throws StoreException, InterruptedException {
    // What is missing may be on a node that is down and comes back.
    boolean waits = kept.missing() <= kept.silent;
    Set<Claim> claims = new HashSet<>(store.claims(kept.digest));
    Map<Integer, byte[]> others = new HashMap<>();
    for (StripePlan.Step step : steps(kept)) {
      if (waits && step instanceof StripePlan.Step.Rebuild) {
        left++;
        continue;
      }
      try {
        carryOut(step, kept, claims, others);
        done.incrementAndGet();
      } catch (WireException | IllegalArgumentException e) {
        LOG.debug("A shard of stripe {} waits: {}", kept.digest, e.getMessage());
        left++;
      }
    }
  }

  private void carryOut(
      StripePlan.Step step, Kept kept, Set<Claim> claims, Map<Integer, byte[]> others)
      throws WireException, InterruptedException {
    List<Cid> shards = kept.stripe.shards();
    switch (step) {
      case StripePlan.Step.Rebuild(int shard, NodeId to) -> {
        gather(kept, others);
        Block rebuilt = kept.stripe.rebuild(shard, others);
        give(kept.node(to), new ShardTransfers.Held(rebuilt, claims));
      }
      case StripePlan.Step.Move(int shard, NodeId from, NodeId to) -> {
        ShardTransfers.Held held = transfers.get(kept.node(from), shards.get(shard));
        Set<Claim> all = new HashSet<>(claims);
        all.addAll(held.claims());
        give(kept.node(to), new ShardTransfers.Held(held.block(), all));
        transfers.release(kept.node(from), shards.get(shard), kept.node(to));
      }
      case StripePlan.Step.Release(int shard, NodeId from, NodeId keeper) ->
          transfers.release(kept.node(from), shards.get(shard), kept.node(keeper));
    }
  }

  private void give(NodeRecord to, ShardTransfers.Held shard)
      throws WireException, InterruptedException {
    transfers.put(to, shard);
    throttle.spend(shard.block().bytes().length);
  }

  /** Reads as many shards as make the others. */
  private void gather(Kept kept, Map<Integer, byte[]> others) throws InterruptedException {
    List<Cid> shards = kept.stripe.shards();
    int needed = kept.stripe.data().size();
    for (int i = 0; i < shards.size() && others.size() < needed; i++) {
      for (NodeId holder : kept.holders.get(i)) {
        if (!others.containsKey(i)) {
          try {
            byte[] bytes = transfers.get(kept.node(holder), shards.get(i)).block().bytes();
            throttle.spend(bytes.length);
            others.put(i, bytes);
          } catch (WireException e) {
            LOG.debug("{} does not give shard {}: {}", holder, shards.get(i), e.getMessage());
          }
        }
      }
    }
  }

  private void endPass() {
    waiting = left;
    progress = stripes + " stripes kept, " + left + " shards wait";
    long moved = done.get() - run;
    if (moved > 0) {
      LOG.info("Rebuilt or moved {} shards, {} wait", moved, left);
      run = done.get();
    }
    schedule.passed(moved > 0, left);
    beginPass();
  }
}
