package io.cairnfs.protocol.cid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VarintTest {

  /** The examples of the specification. */
  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 01",
    "127, 7f",
    "128, 8001",
    "255, ff01",
    "300, ac02",
    "16384, 808001",
    "9223372036854775807, ffffffffffffffff7f",
  })
  void isPinned(long value, String hex) {
    byte[] bytes = new byte[Varint.length(value)];
    assertEquals(bytes.length, Varint.write(value, bytes, 0));
    assertEquals(hex, HexFormat.of().formatHex(bytes));
    assertEquals(value, Varint.read(ByteBuffer.wrap(bytes)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "80", "8000", "ffffffffffffffffff01", "808080808080808080"})
  void badOnesAreRefused(String hex) {
    assertThrows(
        IllegalArgumentException.class,
        () -> Varint.read(ByteBuffer.wrap(HexFormat.of().parseHex(hex))));
  }

  @Test
  void negativeOnesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Varint.length(-1));
  }
}
