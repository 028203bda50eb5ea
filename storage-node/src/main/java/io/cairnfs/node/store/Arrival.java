package io.cairnfs.node.store;

import io.cairnfs.protocol.identity.Key256;

/**
 * A block's arrival.
 *
 * @param sequence its place in the log, from 1, with gaps
 * @param digest the block
 * @param sizeBytes its length
 * @param replication on how many nodes it is to be; 0 for the node's default
 */
public record Arrival(long sequence, Key256 digest, int sizeBytes, int replication) {}
