package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;

/**
 * What is known of a peer at one moment.
 *
 * @param record its latest record
 * @param lastSeenMillis when it last answered, on the core's clock
 * @param downMillis for how long it has been down; 0 if it is not
 */
public record PeerStatus(
    NodeRecord record, Liveness liveness, long lastSeenMillis, long downMillis) {}
