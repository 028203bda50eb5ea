package io.cairnfs.dht.driver;

import com.google.protobuf.ByteString;
import io.cairnfs.dht.core.RememberedNode;
import io.cairnfs.dht.core.Value;
import io.cairnfs.protocol.dht.RememberedPeer;
import io.cairnfs.protocol.dht.StoredValue;
import io.cairnfs.protocol.identity.Key256;

/** Keys and values to and from messages. */
final class DhtCodec {

  private DhtCodec() {}

  static ByteString message(Key256 key) {
    return ByteString.copyFrom(key.toBytes());
  }

  /**
   * @throws IllegalArgumentException if it has not the length of a key
   */
  static Key256 key(ByteString bytes) {
    return Key256.of(bytes.toByteArray());
  }

  static RememberedPeer message(RememberedNode node) {
    return RememberedPeer.newBuilder()
        .setRecord(node.record().signed())
        .setDownMillis(node.downMillis())
        .build();
  }

  static StoredValue message(Value value) {
    return StoredValue.newBuilder()
        .setKey(message(value.key()))
        .setSequence(value.sequence())
        .setValue(value.bytes())
        .build();
  }

  /**
   * @throws IllegalArgumentException if it exceeds a limit
   */
  static Value value(StoredValue stored) {
    return new Value(key(stored.getKey()), stored.getSequence(), stored.getValue());
  }
}
