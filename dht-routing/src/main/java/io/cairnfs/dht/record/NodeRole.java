package io.cairnfs.dht.record;

/**
 * A service that a node offers. Every node in a routing table answers DHT requests; these come on
 * top.
 */
public enum NodeRole {
  STORES_BLOCKS,
  /** Votes on the heads of volumes. */
  VOTES,
  SERVES_HTTP
}
