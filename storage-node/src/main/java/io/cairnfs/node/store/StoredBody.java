package io.cairnfs.node.store;

import org.jspecify.annotations.Nullable;

/**
 * What was read of a body.
 *
 * @param entry what the index says of it
 * @param bytes null if the body is not there, or known to be damaged
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StoredBody(IndexEntry entry, byte @Nullable [] bytes) {}
