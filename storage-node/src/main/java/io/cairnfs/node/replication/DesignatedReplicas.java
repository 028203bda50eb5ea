package io.cairnfs.node.replication;

import io.cairnfs.dht.Locator;
import io.cairnfs.dht.placement.Placement;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.protocol.block.Redundancy;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Who should hold a block, as this node sees the cluster. Thread-safe. */
public final class DesignatedReplicas {

  /** A neighbourhood is nearly always in memory; one that is not is worth a short wait. */
  private static final Duration LOOKUP_TIMEOUT = Duration.ofSeconds(2);

  /** On how many nodes a block is to be that does not say. */
  public static final int DEFAULT_REPLICATION = 3;

  private final Locator locator;
  private final NodeId self;
  private final int candidates;

  /**
   * @param candidates how many of the closest nodes are candidates: the cluster's k
   */
  public DesignatedReplicas(Locator locator, NodeId self, int candidates) {
    this.locator = locator;
    this.self = self;
    this.candidates = candidates;
  }

  NodeId self() {
    return self;
  }

  /** Whether this node is about to leave, and so holds everything for others. */
  boolean isDraining() {
    return locator.known().stream()
        .anyMatch(node -> node.id().equals(self) && node.state() != NodeState.ACTIVE);
  }

  /** Whether a node is one of the block's designated replicas. */
  boolean isDesignated(NodeId node, Key256 digest, int replication) throws InterruptedException {
    return designated(digest, replication).contains(node);
  }

  /**
   * The nodes that should hold a block, best first. A node that drains is none of them, and so they
   * may be fewer than wanted; of a shard there are none, since its own key says nothing.
   */
  List<NodeId> designated(Key256 digest, int replication) throws InterruptedException {
    if (Redundancy.isShard(replication)) {
      return List.of();
    }
    int wanted = replication == 0 ? DEFAULT_REPLICATION : Redundancy.copies(replication);
    List<NodeId> designated = new ArrayList<>(wanted);
    for (NodeRecord record : order(digest)) {
      if (designated.size() == wanted || record.state() != NodeState.ACTIVE) {
        break; // those that drain come last
      }
      designated.add(record.id());
    }
    return designated;
  }

  /** All candidates for a block in replica order, this node included. */
  List<NodeRecord> order(Key256 digest) throws InterruptedException {
    Collection<NodeRecord> known = locator.known();
    return Placement.order(
        digest,
        known.size() < candidates ? known : locator.candidates(digest, LOOKUP_TIMEOUT),
        candidates);
  }

  /** The other nodes that may have a block, in replica order; those that are known to, at least. */
  List<NodeRecord> sources(Key256 digest, Set<NodeId> holders) throws InterruptedException {
    List<NodeRecord> sources = new ArrayList<>(order(digest));
    for (NodeRecord peer : holders.isEmpty() ? List.<NodeRecord>of() : peers()) {
      if (holders.contains(peer.id()) && !sources.contains(peer)) {
        sources.add(peer);
      }
    }
    sources.removeIf(node -> node.id().equals(self));
    return sources;
  }

  /** What the placement depends on; records change more often than that. */
  private record Share(NodeId id, String zone, long weight, NodeState state) {}

  /** Equal to another one if the same blocks are placed on the same nodes, as far as is known. */
  Object view() {
    Set<Share> shares = new HashSet<>();
    for (NodeRecord node : locator.known()) {
      if (node.has(NodeRole.STORES_BLOCKS)) {
        shares.add(
            new Share(
                node.id(), node.zone(), Placement.weight(node.capacityBytes()), node.state()));
      }
    }
    return shares;
  }

  /** The other nodes that store blocks, those that are down for a short time included. */
  List<NodeRecord> peers() {
    return locator.known().stream()
        .filter(record -> record.has(NodeRole.STORES_BLOCKS) && !record.id().equals(self))
        .sorted((a, b) -> a.id().compareTo(b.id()))
        .toList();
  }

  boolean isUp(NodeId node) {
    return locator.isUp(node);
  }
}
