package io.cairnfs.dht.record;

/** What a node is about to do with the blocks that it holds. */
public enum NodeState {
  /** Takes its share of new blocks. */
  ACTIVE,
  /** Takes no new blocks, and serves those it holds while they are copied elsewhere. */
  DRAINING,
  /** As draining, and about to stop. */
  LEAVING
}
