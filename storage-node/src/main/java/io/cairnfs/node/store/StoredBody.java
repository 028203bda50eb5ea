package io.cairnfs.node.store;

import io.cairnfs.protocol.cid.Multihash;
import io.cairnfs.protocol.identity.Key256;
import org.jspecify.annotations.Nullable;

/**
 * What was read of a body.
 *
 * @param entry what the index says of it
 * @param bytes null if the body is not there, or known to be damaged
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StoredBody(IndexEntry entry, byte @Nullable [] bytes) {

  /** Whether it is the body of the block with this digest. */
  boolean matches(Key256 digest) {
    return bytes != null && Multihash.ofSha256(digest.toBytes()).matches(bytes);
  }
}
