package io.cairnfs.client.block;

import io.cairnfs.dht.Locator;
import io.cairnfs.dht.placement.Placement;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.time.Duration;
import java.util.List;

/** Finds candidates by the DHT, and orders them by the placement. */
public final class DhtReplicas implements Replicas {

  private final Locator locator;
  private final int candidates;

  /**
   * @param candidates how many of the closest nodes are candidates: the cluster's k
   */
  public DhtReplicas(Locator locator, int candidates) {
    this.locator = locator;
    this.candidates = candidates;
  }

  @Override
  public List<Replica> order(Key256 key, boolean fresh, Duration timeout)
      throws InterruptedException {
    List<NodeRecord> near = fresh ? locator.lookUp(key, timeout) : locator.candidates(key, timeout);
    return Placement.order(key, near, candidates).stream()
        .map(node -> new Replica(node.id(), node.peer(), node.state() == NodeState.ACTIVE))
        .toList();
  }

  @Override
  public boolean isUp(NodeId node) {
    return locator.isUp(node);
  }

  @Override
  public void suspect(NodeId node) {
    locator.suspect(node);
  }
}
