package io.cairnfs.dht.driver;

import io.cairnfs.dht.core.Liveness;
import io.cairnfs.dht.record.NodeRecord;
import java.time.Duration;
import java.util.List;

/**
 * A participant at one moment.
 *
 * @param self its own record
 * @param joined whether it found others, or has nobody to find
 * @param peers everybody in its routing table
 * @param values how many small values it keeps
 */
public record DhtStatus(NodeRecord self, boolean joined, List<PeerView> peers, int values) {

  /**
   * @param sinceSeen how long ago it answered, or was learnt of
   */
  public record PeerView(NodeRecord record, Liveness liveness, Duration sinceSeen) {}

  public DhtStatus {
    peers = List.copyOf(peers);
  }
}
