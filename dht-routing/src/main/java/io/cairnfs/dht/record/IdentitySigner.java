package io.cairnfs.dht.record;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;

/** Signs records with a node's identity. */
public record IdentitySigner(Identity identity) implements RecordSigner {

  @Override
  public NodeId id() {
    return identity.id();
  }

  @Override
  public ByteString publicKey() {
    return ByteString.copyFrom(identity.publicKey());
  }

  @Override
  public ByteString sign(ByteString message) {
    return ByteString.copyFrom(identity.sign(message.toByteArray()));
  }
}
