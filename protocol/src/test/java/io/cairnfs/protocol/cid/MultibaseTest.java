package io.cairnfs.protocol.cid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MultibaseTest {

  /** Vectors of the multibase specification. */
  @ParameterizedTest
  @CsvSource({
    "yes mani !, BASE32_LOWER, pfsxgidnmfxgsibb",
    "yes mani !, BASE36_LOWER, 2lcpzo5yikidynfl",
    "yes mani !, BASE58_BTC, 7paNL19xttacUY",
    "fo, BASE32_LOWER, mzxq",
    "foobar, BASE32_LOWER, mzxw6ytboi",
  })
  void isAsSpecified(String text, Multibase base, String encoded) {
    assertEquals(encoded, base.encode(text.getBytes(UTF_8)));
    assertArrayEquals(text.getBytes(UTF_8), base.decode(encoded));
  }

  @Test
  void leadingZerosStay() {
    byte[] zeros = {0, 0, 1};
    assertEquals("001", Multibase.BASE36_LOWER.encode(zeros));
    assertEquals("112", Multibase.BASE58_BTC.encode(zeros));
    assertEquals("aaaac", Multibase.BASE32_LOWER.encode(zeros));
  }

  @Test
  void anyBytesReadBack() {
    long seed = 7;
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      byte[] bytes = new byte[random.nextInt(80)];
      random.nextBytes(bytes);
      if (i % 3 == 0 && bytes.length > 1) {
        bytes[0] = 0;
      }
      for (Multibase base : Multibase.values()) {
        assertArrayEquals(bytes, base.decode(base.encode(bytes)), () -> base + ", seed " + seed);
      }
    }
  }
}
