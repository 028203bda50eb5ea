package io.cairnfs.dht.driver;

import com.google.protobuf.ByteString;
import io.cairnfs.dht.core.Value;
import io.cairnfs.protocol.identity.Key256;

/** Values that are valid if they say so. */
final class TestValues {

  private static final ByteString SIGNATURE = ByteString.copyFromUtf8("signed:");

  private TestValues() {}

  static boolean isValid(Value value) {
    return value.bytes().startsWith(SIGNATURE);
  }

  static Value value(Key256 key, long sequence, String text) {
    return new Value(key, sequence, SIGNATURE.concat(ByteString.copyFromUtf8(text)));
  }

  static Value forged(Key256 key, long sequence) {
    return new Value(key, sequence, ByteString.copyFromUtf8("forged"));
  }
}
