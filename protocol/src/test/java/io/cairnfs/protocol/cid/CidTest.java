package io.cairnfs.protocol.cid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CidTest {

  private static final String HELLO = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

  @Test
  void namesContentAsOthersDo() {
    assertEquals(HELLO, Cid.of(Codec.RAW, "hello world".getBytes(UTF_8)).toString());
    // The empty UnixFS directory: a dag-pb node with Data 08 01.
    assertEquals(
        "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354",
        Cid.of(Codec.DAG_PB, hex("0a020801")).toString());
    assertEquals("bafkqaaa", Cid.of(Codec.RAW, Multihash.identity(new byte[0])).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        HELLO,
        "bafkqaaa",
        "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn",
      })
  void textIsReadAndWrittenBack(String text) {
    Cid cid = Cid.parse(text);
    assertEquals(text, cid.toString());
    assertEquals(cid, Cid.decode(cid.toBytes()));
    assertEquals(cid.encodedLength(), cid.toBytes().length);
  }

  @Test
  void versionZeroBecomesVersionOne() {
    Cid v0 = Cid.parse("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn");
    assertEquals(0, v0.version());
    assertEquals(Codec.DAG_PB, v0.codec());
    assertEquals(
        "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354", v0.toV1().toString());
  }

  @Test
  void everyBaseReadsBack() {
    Cid cid = Cid.parse(HELLO);
    for (Multibase base : Multibase.values()) {
      assertEquals(cid, Cid.parse(cid.toString(base)));
    }
  }

  @Test
  void binaryIsPinned() {
    assertEquals(
        "01" // version
            + "55" // raw
            + "12" // sha2-256
            + "20" // 32 bytes
            + "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
        HexFormat.of().formatHex(Cid.parse(HELLO).toBytes()));
  }

  @ParameterizedTest
  @CsvSource({
    "'', cut short",
    "01, cut short",
    "02551220, unknown CID version 2",
    "0101120100, unknown codec 0x1",
    "0155130100, unknown hash function 0x13",
    "0155121f, a sha2-256 digest has 32 bytes",
    "01551220aabb, cut short",
    "0155000100ff, followed by 1 other",
    "8100550000, shortest form",
    "01550081010000, at most 128",
    "1220aabb, cut short",
    "1221, a sha2-256 digest has 32 bytes",
  })
  void badBinaryIsRefused(String bytes, String message) {
    assertRefused(message, () -> Cid.decode(hex(bytes)));
  }

  @ParameterizedTest
  @CsvSource({
    "'', longer",
    "b, longer",
    "Bafkqaaa, unknown multibase",
    "bafkqaaA, is no digit",
    "bafkqaab, stray bits",
    "bafkqaaaa, followed by",
    "bafkqaaaaa, stray bits",
    "zQmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn, no multibase prefix",
    "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3N0, is no digit",
    "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3N, unknown multibase",
  })
  void badTextIsRefused(String text, String message) {
    assertRefused(message, () -> Cid.parse(text));
  }

  @Test
  void longTextIsRefusedBeforeItIsDecoded() {
    assertRefused("too long", () -> Cid.parse("z" + "2".repeat(1_000_000)));
  }

  @Test
  void readsFromTheMiddleOfOtherBytes() {
    Cid cid = Cid.parse(HELLO);
    ByteBuffer buffer =
        ByteBuffer.allocate(100).put((byte) 7).put(cid.toBytes()).put((byte) 9).flip();
    buffer.get();
    assertEquals(cid, Cid.read(buffer));
    assertEquals(9, buffer.get());
  }

  @Test
  void matchesItsContentOnly() {
    Cid cid = Cid.parse(HELLO);
    assertTrue(cid.matches("hello world".getBytes(UTF_8)));
    assertFalse(cid.matches("hello worlD".getBytes(UTF_8)));
    assertEquals(cid, Cid.ofSha256(Codec.RAW, cid.hash().digest()));
    assertEquals(
        "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9", cid.key().toString());
    assertThrows(IllegalStateException.class, Cid.parse("bafkqaaa")::key);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static void assertRefused(String message, Runnable action) {
    String actual =
        String.valueOf(assertThrows(IllegalArgumentException.class, action::run).getMessage());
    assertTrue(actual.contains(message), actual);
  }
}
