package io.cairnfs.dht.core;

import io.cairnfs.protocol.identity.Key256;

/** What one participant asks another. */
public sealed interface Request {

  /** The most nodes of a reply: their records are verified, and fit into a message. */
  int MAX_NODES = 64;

  record Ping() implements Request {}

  /**
   * @param count how many nodes to tell of; whoever answers tells of {@link #MAX_NODES} at most
   */
  record FindNode(Key256 target, int count) implements Request {}

  record PutValue(Value value) implements Request {}

  record GetValue(Key256 key) implements Request {}
}
