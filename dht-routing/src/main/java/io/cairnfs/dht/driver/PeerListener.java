package io.cairnfs.dht.driver;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.NodeId;

/**
 * Hears of changes among the nodes of the routing table, in order, on the driver's only thread: it
 * must not block.
 */
public interface PeerListener {

  /** Hears nothing. */
  PeerListener NONE = new PeerListener() {};

  /** A node joined, or answers again. */
  default void up(NodeRecord node) {}

  /** A known node published a new version of its record. */
  default void changed(NodeRecord node) {}

  /** A node does not answer any more; it stays known for the grace time. */
  default void down(NodeId node) {}

  /** A node left the table. */
  default void forgotten(NodeId node) {}
}
