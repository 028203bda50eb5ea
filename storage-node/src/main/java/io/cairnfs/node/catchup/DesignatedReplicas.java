package io.cairnfs.node.catchup;

import io.cairnfs.dht.Locator;
import io.cairnfs.dht.placement.Placement;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.time.Duration;
import java.util.List;

/** Who should hold a block, as this node sees the cluster. Thread-safe. */
public final class DesignatedReplicas {

  /** A neighbourhood is nearly always in memory; one that is not is worth a short wait. */
  private static final Duration LOOKUP_TIMEOUT = Duration.ofSeconds(2);

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

  /** Whether a node is one of the block's designated replicas. */
  boolean isDesignated(NodeId node, Key256 digest, int replication) throws InterruptedException {
    List<NodeRecord> order = order(digest);
    return order.stream().limit(replication).anyMatch(record -> record.id().equals(node));
  }

  /** All candidates for a block in replica order, this node included. */
  List<NodeRecord> order(Key256 digest) throws InterruptedException {
    return Placement.order(digest, locator.candidates(digest, LOOKUP_TIMEOUT), candidates);
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
