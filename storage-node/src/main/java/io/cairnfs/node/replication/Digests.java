package io.cairnfs.node.replication;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;

/** Digests of blocks in messages. */
final class Digests {

  private Digests() {}

  static ByteString encode(Key256 digest) {
    return ByteString.copyFrom(digest.toBytes());
  }

  /**
   * @throws WireException {@code MALFORMED} if it is none
   */
  static Key256 decode(ByteString encoded) throws WireException {
    if (encoded.size() != Key256.BYTES) {
      throw new WireException(WireError.MALFORMED, "a digest has " + Key256.BYTES + " bytes");
    }
    return Key256.of(encoded.toByteArray());
  }
}
