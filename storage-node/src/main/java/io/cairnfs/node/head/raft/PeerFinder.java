package io.cairnfs.node.head.raft;

import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import org.jspecify.annotations.Nullable;

/** Says where a node is. Thread-safe; never waits. */
@FunctionalInterface
public interface PeerFinder {

  /** Null if nobody knows. */
  @Nullable Peer find(NodeId node);
}
