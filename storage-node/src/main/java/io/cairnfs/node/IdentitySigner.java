package io.cairnfs.node;

import com.google.protobuf.ByteString;
import io.cairnfs.dht.record.RecordSigner;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;

/** Signs a node's records with its identity. */
final class IdentitySigner implements RecordSigner {

  private final Identity identity;

  IdentitySigner(Identity identity) {
    this.identity = identity;
  }

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
