package io.cairnfs.client.block;

import io.cairnfs.client.block.Replicas.Replica;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blocks on the nodes that their placement names. Each call is one round over the candidates: where
 * that is not enough it fails, and a decorator tries again.
 */
public final class PlacedBlocks implements BlockClient {

  private static final Logger LOG = LoggerFactory.getLogger(PlacedBlocks.class);

  /**
   * Repairs under way at once; a reader that finds more bad replicas leaves them to the next one.
   */
  private static final int MAX_REPAIRS = 8;

  private final NodeBlocks nodes;
  private final Replicas replicas;
  private final PlacementSettings settings;
  private final BlockCounters counters;
  private final NodeHealth health;
  private final Semaphore lingering;
  private final Semaphore repairs = new Semaphore(MAX_REPAIRS);

  public PlacedBlocks(
      NodeBlocks nodes, Replicas replicas, PlacementSettings settings, BlockCounters counters) {
    this.nodes = nodes;
    this.replicas = replicas;
    this.settings = settings;
    this.counters = counters;
    this.health = new NodeHealth(replicas);
    this.lingering = new Semaphore(settings.lingerBytes());
  }

  @Override
  public byte[] get(Cid cid) throws BlockException, InterruptedException {
    if (cid.isIdentity()) {
      return cid.hash().digest();
    }
    return Deadline.await(Deadline.remaining(), () -> getPlaced(cid));
  }

  private byte[] getPlaced(Cid cid) throws BlockException, InterruptedException {
    ReplicaRead read = new ReplicaRead(nodes, health, settings, counters, cid);
    byte[] bytes = read.ask(candidates(cid, false));
    if (bytes == null && !Deadline.remaining().isZero()) {
      bytes = read.ask(candidates(cid, true));
    }
    if (bytes == null) {
      throw read.nobodyHasIt()
          ? new BlockException(BlockException.Reason.NOT_FOUND, "no node has block " + cid)
          : new BlockException(
              BlockException.Reason.UNAVAILABLE, "no replica of block " + cid + " could be read");
    }
    Block block = new Block(cid, bytes);
    read.bad().forEach(node -> repair(node, block));
    return bytes;
  }

  private List<Replica> candidates(Cid cid, boolean fresh) throws InterruptedException {
    return health.healthyFirst(replicas.order(cid.key(), fresh, settings.readTimeout()));
  }

  /** Gives the right bytes to a node whose replica is bad, in the background. */
  private void repair(Replica node, Block block) {
    if (!repairs.tryAcquire()) {
      return;
    }
    Thread.ofVirtual()
        .name("cairn-repair")
        .start(
            () -> {
              try {
                nodes.put(node.peer(), List.of(block), settings.writeTimeout());
                counters.repairs.increment();
                LOG.info("repaired block {} on node {}", block.cid(), node.id());
              } catch (WireException e) {
                LOG.warn(
                    "could not repair block {} on node {}: {}",
                    block.cid(),
                    node.id(),
                    e.getMessage());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                repairs.release();
              }
            });
  }

  @Override
  public void put(List<Block> blocks) throws BlockException, InterruptedException {
    Deadline.await(
        Deadline.remaining(),
        () -> {
          ReplicaWrite write = new ReplicaWrite(nodes, health, settings, counters);
          for (Block block : new LinkedHashSet<>(blocks)) {
            write.add(block, replicas.order(block.cid().key(), false, settings.readTimeout()));
          }
          write.run(lingering);
          return true;
        });
  }

  @Override
  public Set<Cid> have(Collection<Cid> cids) throws BlockException, InterruptedException {
    return Deadline.await(Deadline.remaining(), () -> havePlaced(Set.copyOf(cids)));
  }

  private Set<Cid> havePlaced(Set<Cid> cids) throws InterruptedException {
    Map<Replica, List<Cid>> byNode = new LinkedHashMap<>();
    for (Cid cid : cids) {
      replicas.order(cid.key(), false, settings.readTimeout()).stream()
          .limit(settings.replication())
          .filter(node -> !health.isAvoided(node.id()))
          .forEach(node -> byNode.computeIfAbsent(node, key -> new ArrayList<>()).add(cid));
    }
    Map<Cid, Integer> copies = new HashMap<>();
    for (Cid cid : askAll(byNode)) {
      copies.merge(cid, 1, Integer::sum);
    }
    copies.values().removeIf(count -> count < settings.writeAcks());
    return Set.copyOf(copies.keySet());
  }

  /**
   * Asks nodes in parallel; gives each CID once for each node that has it. A node that fails has
   * nothing.
   */
  private Collection<Cid> askAll(Map<Replica, List<Cid>> byNode) throws InterruptedException {
    ConcurrentLinkedQueue<Cid> present = new ConcurrentLinkedQueue<>();
    Duration timeout = atMost(settings.readTimeout());
    List<Thread> threads = new ArrayList<>();
    byNode.forEach(
        (node, asked) ->
            threads.add(
                Thread.ofVirtual()
                    .name("cairn-have")
                    .start(() -> present.addAll(ask(node, asked, timeout)))));
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } finally {
      threads.forEach(Thread::interrupt);
    }
    return present;
  }

  private Set<Cid> ask(Replica node, List<Cid> asked, Duration timeout) {
    try {
      Set<Cid> present = nodes.have(node.peer(), asked, timeout);
      health.answered(node.id());
      return present;
    } catch (WireException e) {
      health.failed(node.id(), e.error());
      return Set.of();
    } catch (InterruptedException e) {
      return Set.of();
    }
  }

  private static Duration atMost(Duration patience) {
    Duration left = Deadline.remaining();
    return left.compareTo(patience) < 0 ? left : patience;
  }
}
