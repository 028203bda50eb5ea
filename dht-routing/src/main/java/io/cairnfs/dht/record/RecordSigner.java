package io.cairnfs.dht.record;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.identity.NodeId;

/** The identity under which a node publishes its records. Thread-safe. */
public interface RecordSigner {

  /** The id that verifiers derive from the public key. */
  NodeId id();

  /** Raw public key. */
  ByteString publicKey();

  /** Signs a message. */
  ByteString sign(ByteString message);
}
