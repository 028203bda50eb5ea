package io.cairnfs.dht.record;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.identity.NodeId;

/** Checks signatures and says which id belongs to a public key. Thread-safe. */
public interface RecordVerifier {

  /**
   * @return the id of the key that signed
   * @throws InvalidRecordException if the key is not one, or did not sign this message
   */
  NodeId verify(ByteString publicKey, ByteString message, ByteString signature)
      throws InvalidRecordException;
}
