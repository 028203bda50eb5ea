package io.cairnfs.dht.driver;

import io.cairnfs.dht.core.Liveness;
import io.cairnfs.dht.core.PeerStatus;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.NodeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The routing table as the data path sees it, at one revision. Immutable. */
final class PeersView {

  private final Map<NodeId, PeerStatus> peers = new HashMap<>();
  private final List<NodeRecord> records;

  /**
   * @param self this node if it is one of the nodes; null for a client
   */
  PeersView(@Nullable NodeRecord self, List<PeerStatus> statuses) {
    statuses.forEach(status -> peers.put(status.record().id(), status));
    if (self != null) {
      peers.put(self.id(), new PeerStatus(self, Liveness.UP, 0, 0));
    }
    records = peers.values().stream().map(PeerStatus::record).toList();
  }

  /** This node included. */
  List<NodeRecord> records() {
    return records;
  }

  @Nullable PeerStatus find(NodeId id) {
    return peers.get(id);
  }
}
