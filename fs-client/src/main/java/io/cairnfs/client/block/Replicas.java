package io.cairnfs.client.block;

import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import java.time.Duration;
import java.util.List;

/** Which nodes hold a block, in the order of its placement. Thread-safe. */
public interface Replicas {

  /**
   * A node that may hold a block.
   *
   * @param id its identity
   * @param peer how to reach it
   * @param writable whether it takes new blocks
   */
  record Replica(NodeId id, Peer peer, boolean writable) {}

  /**
   * All candidates, the designated ones first.
   *
   * @param fresh look them up anew, for a block that was not where it should be
   */
  List<Replica> order(Key256 key, boolean fresh, Duration timeout) throws InterruptedException;

  /** Whether a node is held for reachable. Never blocks. */
  boolean isUp(NodeId node);

  /** A hint that a node did not answer. Never blocks. */
  void suspect(NodeId node);
}
