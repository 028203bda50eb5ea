package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;

/**
 * A peer as it outlives a restart, or as others tell of one that is down.
 *
 * @param record its latest record
 * @param downMillis for how long it had not answered; 0 if it was up
 */
public record RememberedNode(NodeRecord record, long downMillis) {}
