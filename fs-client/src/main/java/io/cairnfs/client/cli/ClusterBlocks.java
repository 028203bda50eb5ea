package io.cairnfs.client.cli;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockClients;
import io.cairnfs.client.block.BlockCounters;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.block.PlacementSettings;
import io.cairnfs.client.block.Replicas.Replica;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.Redundancy;
import io.cairnfs.protocol.block.message.BlockStat;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Single blocks of a cluster, as people handle them: on the nodes that their placement names, by
 * the client that mounts use.
 */
final class ClusterBlocks {

  /** A person waits. */
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** What the replicas beyond the write-acks may take more, before this process ends. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private static final Duration PAUSE = Duration.ofMillis(10);

  /**
   * A node that has a block, or should have it.
   *
   * @param designated whether it is one of the replicas that the placement names
   * @param stat null if the node has it not, or does not answer
   * @param failure why there is no stat; null if it has it not
   */
  record Copy(
      Cluster.Member node,
      boolean designated,
      @Nullable BlockStat stat,
      @Nullable WireException failure) {}

  /**
   * Where a block is.
   *
   * @param replication how many replicas it should have
   * @param copies the replicas that the placement names, then the other candidates that have it
   */
  record Located(int replication, List<Copy> copies) {}

  /** What the nodes say; those that do not answer are named. */
  record Pins(Map<Cid, Integer> nodesByCid, List<String> silent) {}

  private final Cluster cluster;

  ClusterBlocks(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Stores a block on the write-acks of its replicas at least, and pins it on each. */
  void put(Block block, int replication) throws IOException, InterruptedException {
    PlacementSettings settings = PlacementSettings.of(replication);
    BlockClient blocks = client(settings);
    Deadline.<Boolean, BlockException>await(
        TIMEOUT,
        () -> {
          blocks.put(List.of(block));
          return true;
        });
    BlockClient everywhere = client(settings.withWriteAcks(replication));
    Deadline linger = Deadline.after(LINGER);
    while (linger.nanoTime() - System.nanoTime() > 0
        && isLingering(block.cid(), replication)
        && !everywhere.have(Set.of(block.cid())).contains(block.cid())) {
      Thread.sleep(PAUSE);
    }
  }

  /** Whether all replicas are up, so that those which have it not are about to get it. */
  private boolean isLingering(Cid cid, int replication) throws InterruptedException {
    List<Replica> order = cluster.replicas().order(cid.key(), false, TIMEOUT);
    return order.size() >= replication
        && order.stream().limit(replication).allMatch(node -> cluster.replicas().isUp(node.id()));
  }

  /** A block's bytes, verified, from whichever replica gives them. */
  byte[] get(Cid cid) throws BlockException, InterruptedException {
    BlockClient blocks = client(PlacementSettings.of(cluster.defaultReplication()));
    return Deadline.<byte[], BlockException>await(TIMEOUT, () -> blocks.get(cid));
  }

  private BlockClient client(PlacementSettings settings) {
    return BlockClients.pinning(
        cluster.transport(), cluster.replicas(), settings, new BlockCounters());
  }

  /**
   * Asks all candidates where a block is.
   *
   * @throws WireException {@code NOT_FOUND} if no node says that it has it
   */
  Located locate(Cid cid) throws WireException, CommandException, InterruptedException {
    if (cid.isIdentity()) {
      throw new CommandException(
          ExitCode.USAGE, cid + " carries its bytes itself: no node stores it", null);
    }
    List<Copy> copies = new ArrayList<>();
    for (Replica node : cluster.replicas().order(cid.key(), true, TIMEOUT)) {
      copies.add(ask(node, cid));
    }
    int told =
        copies.stream()
            .map(Copy::stat)
            .mapToInt(stat -> stat == null ? 0 : stat.getReplication())
            .max()
            .orElse(0);
    if (copies.stream().allMatch(copy -> copy.stat() == null)) {
      throw copies.stream()
          .map(Copy::failure)
          .filter(failure -> failure != null && failure.error() == WireError.CORRUPT)
          .findFirst()
          .orElseGet(() -> new WireException(WireError.NOT_FOUND, cid.toString()));
    }
    // The key of a shard says nothing of where it is.
    boolean shard = Redundancy.isShard(told);
    int wanted = told == 0 ? cluster.defaultReplication() : Redundancy.copies(told);
    int designated = shard ? 0 : wanted;
    List<Copy> shown = new ArrayList<>();
    for (int i = 0; i < copies.size(); i++) {
      Copy copy = copies.get(i);
      if (i < designated || copy.stat() != null) {
        shown.add(new Copy(copy.node(), i < designated, copy.stat(), copy.failure()));
      }
    }
    return new Located(shard ? 1 : wanted, shown);
  }

  private Copy ask(Replica node, Cid cid) throws InterruptedException {
    boolean up = cluster.replicas().isUp(node.id());
    Cluster.Member member = new Cluster.Member(node.id(), node.peer(), up, node.writable());
    if (!up) {
      return new Copy(member, false, null, new WireException(WireError.UNREACHABLE, "down"));
    }
    try {
      return new Copy(member, false, client(member).stat(cid), null);
    } catch (WireException e) {
      return new Copy(member, false, null, e.error() == WireError.NOT_FOUND ? null : e);
    }
  }

  /** Pins or unpins a block wherever it is. Returns on how many nodes. */
  int pin(Cid cid, boolean remove) throws WireException, CommandException, InterruptedException {
    int nodes = 0;
    for (Copy copy : locate(cid).copies()) {
      if (copy.stat() != null) {
        client(copy.node()).pin(cid, remove);
        nodes++;
      }
    }
    return nodes;
  }

  /** Deletes a block wherever it is, or nowhere if it is pinned anywhere. */
  int delete(Cid cid, boolean really) throws WireException, CommandException, InterruptedException {
    List<Copy> copies = locate(cid).copies().stream().filter(copy -> copy.stat() != null).toList();
    if (really) {
      for (Copy copy : copies) {
        if (copy.stat() != null && copy.stat().getPinned()) {
          throw new WireException(WireError.PINNED, cid + " on node " + copy.node());
        }
      }
      for (Copy copy : copies) {
        client(copy.node()).delete(cid);
      }
    }
    return copies.size();
  }

  /** What is pinned, and on how many nodes. */
  Pins pins() throws InterruptedException {
    Map<Cid, Integer> nodesByCid = new LinkedHashMap<>();
    List<String> silent = new ArrayList<>();
    for (Cluster.Member node : cluster.stores()) {
      try {
        if (!node.up()) {
          silent.add(node + " (down)");
        } else {
          client(node).pins(cid -> nodesByCid.merge(cid, 1, Integer::sum));
        }
      } catch (WireException e) {
        silent.add(node + " (" + e.getMessage() + ")");
      }
    }
    return new Pins(nodesByCid, silent);
  }

  private NodeClient client(Cluster.Member node) {
    return new NodeClient(cluster.transport(), node.peer());
  }
}
