package io.cairnfs.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How answers are written: JSON and sizes. */
final class TextTest {

  @Test
  void writesJsonOnOneLine() {
    TreeMap<String, Object> map = new TreeMap<>();
    map.put("a", List.of(1, 2L, true));
    map.put("b", "q\"\\\n\t\u0001\uD83D\uDE00é");
    assertEquals(
        "{\"a\":[1,2,true],\"b\":\"q\\\"\\\\\\n\\t\\u0001\\ud83d\\ude00é\"}", Json.of(map));
    assertEquals("null", Json.of(null));
  }

  @Test
  void refusesWhatItCannotWrite() {
    assertThrows(IllegalArgumentException.class, () -> Json.of(BigDecimal.ONE));
  }

  @Test
  void writesSizesInIecUnits() {
    assertEquals("0 B", Sizes.format(0));
    assertEquals("1023 B", Sizes.format(1023));
    assertEquals("1.0 KiB", Sizes.format(1024));
    assertEquals("1.0 MiB", Sizes.format((1 << 20) - 1));
    assertEquals("1.5 GiB", Sizes.format(3L << 29));
    assertEquals("8.0 EiB", Sizes.format(Long.MAX_VALUE));
  }

  @Test
  void readsSizes() {
    assertEquals(4096, Sizes.parse("4096"));
    assertEquals(1_000_000, Sizes.parse("1e6"));
    assertEquals(10L << 30, Sizes.parse("10GiB"));
    assertEquals(3L << 29, Sizes.parse("1.5 g"));
    assertEquals(2_000_000, Sizes.parse("2MB"));
    for (String wrong : List.of("", "0", "-1", "1.5", "10GiBs", "B", "9E", "1e99", "none")) {
      assertThrows(IllegalArgumentException.class, () -> Sizes.parse(wrong), wrong);
    }
  }
}
