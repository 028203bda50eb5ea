package io.cairnfs.dht.testing;

import com.google.protobuf.ByteString;
import io.cairnfs.dht.record.InvalidRecordException;
import io.cairnfs.dht.record.RecordSigner;
import io.cairnfs.dht.record.RecordVerifier;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;

/**
 * An identity whose public key is its id, and whose signature is a checksum: for tests that choose
 * ids.
 */
public record StubSigner(NodeId id) implements RecordSigner {

  /** Accepts what stub signers sign. */
  public static final RecordVerifier VERIFIER =
      (publicKey, message, signature) -> {
        if (publicKey.size() != Key256.BYTES || !signature.equals(checksum(publicKey, message))) {
          throw new InvalidRecordException("not signed by its key");
        }
        return new NodeId(Key256.of(publicKey.toByteArray()));
      };

  private static ByteString checksum(ByteString publicKey, ByteString message) {
    return ByteString.copyFromUtf8(
        Integer.toHexString(31 * publicKey.hashCode() + message.hashCode()));
  }

  @Override
  public ByteString publicKey() {
    return ByteString.copyFrom(id.key().toBytes());
  }

  @Override
  public ByteString sign(ByteString message) {
    return checksum(publicKey(), message);
  }
}
