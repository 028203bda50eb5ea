package io.cairnfs.client.block;

import io.cairnfs.client.block.Replicas.Replica;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Shard;
import io.cairnfs.protocol.transport.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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
  private final ShardReads shards;
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
    this.shards = new ShardReads(nodes, replicas, health, settings, counters, this::getPlaced);
  }

  @Override
  public byte[] get(Cid cid) throws BlockException, InterruptedException {
    if (cid.isIdentity()) {
      return cid.hash().digest();
    }
    return Deadline.await(Deadline.remaining(), () -> getPlaced(cid));
  }

  private byte[] getPlaced(Cid cid) throws BlockException, InterruptedException {
    ReplicaRead read = read((node, timeout) -> nodes.get(node, cid, timeout));
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

  private ReplicaRead read(ReplicaRead.Question question) {
    return new ReplicaRead(question, health, settings, counters);
  }

  @Override
  public byte[] get(Chunk chunk) throws BlockException, InterruptedException {
    Shard shard = chunk.shard();
    return Deadline.await(
        Deadline.remaining(), () -> shard == null ? getPlaced(chunk) : shards.get(chunk, shard));
  }

  /**
   * Where no replica gives the chunk, the whole block is read: that also asks a fresh lookup, and
   * says what is wrong.
   */
  private byte[] getPlaced(Chunk chunk) throws BlockException, InterruptedException {
    ReplicaRead read = read((node, timeout) -> nodes.get(node, chunk, timeout));
    byte[] bytes = read.askBriefly(candidates(chunk.block(), false));
    if (bytes == null) {
      return cut(chunk, getPlaced(chunk.block()));
    }
    read.bad().forEach(node -> examine(node, chunk.block()));
    return bytes;
  }

  private static byte[] cut(Chunk chunk, byte[] block) throws BlockException {
    int end = chunk.offset() + chunk.length();
    if (end <= block.length) {
      byte[] bytes = Arrays.copyOfRange(block, chunk.offset(), end);
      if (chunk.cid().matches(bytes)) {
        return bytes;
      }
    }
    throw new BlockException(
        BlockException.Reason.NOT_FOUND, "block " + chunk.block() + " has no such " + chunk);
  }

  private List<Replica> candidates(Cid cid, boolean fresh) throws InterruptedException {
    return health.healthyFirst(replicas.order(cid.key(), fresh, settings.readTimeout()));
  }

  /** Gives the right bytes to a node whose replica is bad, in the background. */
  private void repair(Replica node, Block block) {
    inBackground(node, block.cid(), () -> repairNow(node, block));
  }

  private boolean repairNow(Replica node, Block block) throws WireException, InterruptedException {
    nodes.put(node.peer(), List.of(block), settings.writeTimeout());
    counters.repairs.increment();
    LOG.info("repaired block {} on node {}", block.cid(), node.id());
    return true;
  }

  /**
   * Has a node that sent a wrong part read all of the block, in the background: a node notices only
   * then that its replica is bad, and takes a better one.
   */
  private void examine(Replica node, Cid cid) {
    inBackground(
        node,
        cid,
        () -> {
          ReplicaRead read = read((peer, timeout) -> nodes.get(peer, cid, timeout));
          byte[] bytes = read.ask(List.of(node));
          if (bytes == null) {
            bytes = read.ask(candidates(cid, false));
          }
          return bytes != null
              && read.bad().contains(node)
              && repairNow(node, new Block(cid, bytes));
        });
  }

  private void inBackground(Replica node, Cid cid, Deadline.Waiting<?, IOException> task) {
    if (!repairs.tryAcquire()) {
      return;
    }
    Thread.ofVirtual()
        .name("cairn-repair")
        .start(
            () -> {
              try {
                Deadline.await(settings.writeTimeout(), task);
              } catch (IOException e) {
                LOG.warn(
                    "could not repair block {} on node {}: {}", cid, node.id(), e.getMessage());
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

  @Override
  public long claimEpoch() {
    return nodes.claimEpoch();
  }

  @Override
  public void sweepOpened(long sweep) {
    nodes.sweepOpened(sweep);
  }
}
