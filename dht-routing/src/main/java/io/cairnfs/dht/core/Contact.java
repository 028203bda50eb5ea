package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.NodeId;

/** A peer in the routing table, with what is known of its health. Mutable; owned by the table. */
final class Contact {

  NodeRecord record;
  Liveness liveness;

  /** When it last answered or asked. */
  long lastSeenMillis;

  /** When it went down; meaningful while it is. */
  long downSinceMillis;

  int failures;
  long nextProbeMillis;
  boolean probing;

  Contact(NodeRecord record, Liveness liveness, long nowMillis) {
    this.record = record;
    this.liveness = liveness;
    this.lastSeenMillis = nowMillis;
    this.downSinceMillis = nowMillis;
    this.nextProbeMillis = nowMillis;
  }

  NodeId id() {
    return record.id();
  }
}
