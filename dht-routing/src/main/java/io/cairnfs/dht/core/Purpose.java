package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.transport.Peer;

/** Why a request is in flight. */
sealed interface Purpose {

  /** To see whether a node is alive. */
  record Probe(NodeRecord node) implements Purpose {}

  /** To find a way into the network, by an address or a node that was known once. */
  record Join(Peer seed) implements Purpose {}

  /** A step of a lookup. */
  record Step(Lookup lookup, Lookup.Candidate candidate) implements Purpose {}

  /** To read a value from one of its holders. */
  record Fetch(ValueRead read, NodeRecord node) implements Purpose {}

  /** To store a value at one of its holders. */
  record Store(ValueWrite write, NodeRecord node) implements Purpose {}

  /** To give a value to a node that should hold it; nobody waits for the outcome. */
  record Push(NodeRecord node) implements Purpose {}
}
