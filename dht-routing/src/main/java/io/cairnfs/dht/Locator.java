package io.cairnfs.dht;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * The data path's view of the DHT: which nodes may hold a key, and which of them answer.
 * Thread-safe.
 */
public interface Locator {

  /**
   * The nodes closest to a key, closest first: at most k that store blocks, fewer if fewer are
   * known. Answered from memory while the neighbourhood was looked up recently; else by a lookup. A
   * node that went down stays among them for a grace time, so that a short outage moves no data:
   * ask {@link #isUp} before waiting for one. {@code Placement.order} puts them in replica order.
   *
   * @param timeout how long to wait for a lookup; what is known by then is given
   */
  List<NodeRecord> candidates(Key256 key, Duration timeout) throws InterruptedException;

  /**
   * As {@link #candidates}, but never from memory: for a block that was not found where it should
   * be.
   */
  List<NodeRecord> lookUp(Key256 key, Duration timeout) throws InterruptedException;

  /** Every node in the routing table, those that are down for less than the grace time included. */
  Collection<NodeRecord> known();

  /**
   * Whether the node answered when it was last asked; false for one that is not known. Never
   * blocks.
   */
  boolean isUp(NodeId node);

  /**
   * A hint that a node did not answer: it is asked again soon, and held for down until then. Never
   * blocks.
   */
  void suspect(NodeId node);
}
