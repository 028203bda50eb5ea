package io.cairnfs.protocol.ipld;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.protocol.cid.Cid;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CborTest {

  private static final Cid HELLO =
      Cid.parse("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");

  @Test
  void anItemOfEveryTypeIsPinned() {
    CborWriter writer = new CborWriter();
    writer.writeMapHeader(5);
    writer.writeText("a").writeArrayHeader(3).writeNull().writeBoolean(true).writeDouble(1.5);
    writer.writeText("b").writeBytes(new byte[] {1, 2});
    writer.writeText("aa").writeMapHeader(0);
    writer.writeText("é").writeLong(-1000);
    writer.writeText("link").writeLink(HELLO);
    byte[] bytes = writer.toBytes();
    assertEquals(
        "a5" // a map of 5
            + "6161" // "a":
            + "83f6f5fb3ff8000000000000" // [null, true, 1.5]
            + "6162" // "b":
            + "420102" // h'0102'
            + "626161" // "aa":
            + "a0" // {}
            + "62c3a9" // "é":
            + "3903e7" // -1000
            + "646c696e6b" // "link":
            + "d82a5825" // tag 42, 37 bytes
            + "00" // the multibase prefix of bare bytes
            + "01551220b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
        HexFormat.of().formatHex(bytes));

    CborReader reader = new CborReader(bytes);
    assertEquals(CborType.MAP, reader.peekType());
    assertEquals(5, reader.readMapHeader());
    reader.readKey("a");
    reader.readArrayHeader(3);
    reader.readNull();
    assertTrue(reader.readBoolean());
    assertEquals(1.5, reader.readDouble());
    reader.readKey("b");
    assertArrayEquals(new byte[] {1, 2}, reader.readBytes());
    reader.readKey("aa");
    assertEquals(0, reader.readMapHeader());
    assertEquals("é", reader.readText());
    assertEquals(-1000, reader.readLong());
    reader.readKey("link");
    assertEquals(HELLO, reader.readLink());
    reader.finish();
  }

  /** Examples of RFC 8949, appendix A. */
  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "23, 17",
    "24, 1818",
    "255, 18ff",
    "256, 190100",
    "65535, 19ffff",
    "65536, 1a00010000",
    "4294967295, 1affffffff",
    "4294967296, 1b0000000100000000",
    "9223372036854775807, 1b7fffffffffffffff",
    "-1, 20",
    "-24, 37",
    "-25, 3818",
    "-9223372036854775808, 3b7fffffffffffffff",
  })
  void integersArePinned(long value, String hex) {
    byte[] bytes = new CborWriter().writeLong(value).toBytes();
    assertEquals(hex, HexFormat.of().formatHex(bytes));
    CborReader reader = new CborReader(bytes);
    assertEquals(value, reader.readLong());
    reader.finish();
  }

  @ParameterizedTest
  @CsvSource({
    "'', cut short",
    "1800, shortest form",
    "1817, shortest form",
    "1900ff, shortest form",
    "1a0000ffff, shortest form",
    "1b00000000ffffffff, shortest form",
    "19ff, cut short",
    "1c, indefinite",
    "5f41004100ff, indefinite",
    "9fff, indefinite",
    "bfff, indefinite",
    "0000, 1 bytes follow",
    "420a, cut short",
    "5b7fffffffffffffff, cut short",
    "5bffffffffffffffff, cut short",
    "9a7fffffff, cut short",
    "ba7fffffff, cut short",
    "8100ff, 1 bytes follow",
    "82, cut short",
    "61ff, not UTF-8",
    "63eda080, not UTF-8",
    "f7, no item 0xf7",
    "f0, no item 0xf0",
    "f93e00, no item 0xf9",
    "fa3fc00000, no item 0xfa",
    "fb7ff8000000000000, no NaN",
    "fb7ff0000000000000, no Infinity",
    "fbfff0000000000000, no -Infinity",
    "c000, no tag but 42",
    "d82a00, where major type 2",
    "d82a40, begins with a zero byte",
    "d82a4101, begins with a zero byte",
    "d82a4100, no valid CID",
    "d82a450001550001, no valid CID",
    "d82a47000155000001, cut short",
    "d82a4600015500ff00, no valid CID",
    "d82a4700015500000000, bytes follow the CID",
    "a10000, a map's key is text",
    "a1410000, a map's key is text",
    "a2616200616100, sorted",
    "a2616100616100, sorted",
    "a262616100616200, sorted",
  })
  void whatIsNotStrictIsRefused(String hex, String message) {
    assertRefused(message, () -> validate(HexFormat.of().parseHex(hex)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1bffffffffffffffff",
        "3bffffffffffffffff",
        "80",
        "a0",
        "60",
        "a161610b",
        "d82a450001550000"
      })
  void whatIsStrictIsPassedOver(String hex) {
    validate(HexFormat.of().parseHex(hex));
  }

  @Test
  void depthIsBounded() {
    byte[] deepest = new byte[CborLimits.MAX_DEPTH + 1];
    Arrays.fill(deepest, (byte) 0x81);
    deepest[CborLimits.MAX_DEPTH] = 0;
    validate(deepest);
    byte[] tooDeep = new byte[1 << 20];
    Arrays.fill(tooDeep, (byte) 0x81);
    assertRefused("nested deeper", () -> validate(tooDeep));
    assertRefused(
        "more than an item has", () -> new CborReader(new byte[CborLimits.MAX_BYTES + 1]));
  }

  @Test
  void theWriterRefusesWhatIsNotStrict() {
    assertRefused("key is text", () -> new CborWriter().writeMapHeader(1).writeLong(1));
    assertRefused(
        "sorted",
        () -> new CborWriter().writeMapHeader(2).writeText("aa").writeNull().writeText("b"));
    assertRefused(
        "sorted",
        () -> new CborWriter().writeMapHeader(2).writeText("b").writeNull().writeText("b"));
    assertRefused("one top-level", () -> new CborWriter().writeNull().writeNull());
    assertRefused("not complete", () -> new CborWriter().writeArrayHeader(1).toBytes());
    assertRefused("no NaN", () -> new CborWriter().writeDouble(Double.NaN));
    assertRefused("not Unicode", () -> new CborWriter().writeText("\ud800"));
    assertRefused(
        "larger than", () -> new CborWriter().writeBytes(new byte[CborLimits.MAX_BYTES]).toBytes());
  }

  @Test
  void aWriterServesAgainAfterReset() {
    CborWriter writer = new CborWriter();
    writer.writeArrayHeader(2).writeNull();
    writer.reset();
    assertArrayEquals(new byte[] {0x61, 0x78}, writer.writeText("x").toBytes());
  }

  @Test
  void typesAndRangesAreChecked() {
    assertRefused("where major type 4", () -> new CborReader(new byte[] {0}).readArrayHeader());
    assertRefused("outside", () -> new CborReader(new byte[] {9}).readInt(0, 8));
    assertRefused(
        "where 'b' belongs",
        () -> {
          CborReader reader = new CborReader(HexFormat.of().parseHex("a1616100"));
          reader.readMapHeader();
          reader.readKey("b");
        });
    assertRefused(
        "does not fit",
        () -> new CborReader(HexFormat.of().parseHex("1bffffffffffffffff")).readLong());
    assertRefused(
        "not complete",
        () -> {
          CborReader reader = new CborReader(HexFormat.of().parseHex("820000"));
          reader.readArrayHeader();
          reader.readLong();
          reader.finish();
        });
  }

  /** What is accepted has one encoding: writing the same pieces gives the same bytes. */
  @Test
  void randomBytesAreRefusedOrReadBack() {
    long seed = 11;
    Random random = new Random(seed);
    int accepted = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(12)];
      random.nextBytes(bytes);
      CborReader reader = new CborReader(bytes);
      CborWriter writer = new CborWriter();
      try {
        copy(reader, writer);
        reader.finish();
      } catch (CborException e) {
        continue;
      }
      accepted++;
      assertArrayEquals(bytes, writer.toBytes(), () -> "seed " + seed);
    }
    assertTrue(accepted > 100, "accepted " + accepted + ", seed " + seed);
  }

  private static void copy(CborReader reader, CborWriter writer) {
    switch (reader.peekType()) {
      case INTEGER -> writer.writeLong(reader.readLong());
      case BYTES -> writer.writeBytes(reader.readBytes());
      case TEXT -> writer.writeText(reader.readText());
      case LINK -> writer.writeLink(reader.readLink());
      case BOOLEAN -> writer.writeBoolean(reader.readBoolean());
      case NULL -> {
        reader.readNull();
        writer.writeNull();
      }
      case FLOAT -> writer.writeDouble(reader.readDouble());
      case ARRAY -> {
        int items = reader.readArrayHeader();
        writer.writeArrayHeader(items);
        for (int i = 0; i < items; i++) {
          copy(reader, writer);
        }
      }
      case MAP -> {
        int items = 2 * reader.readMapHeader();
        writer.writeMapHeader(items / 2);
        for (int i = 0; i < items; i++) {
          copy(reader, writer);
        }
      }
    }
  }

  @Test
  void anItemIsReadAndWrittenAsAPartOfOtherBytes() {
    byte[] whole = new CborWriter().writeArrayHeader(2).writeLong(500).writeText("ab").toBytes();
    CborReader reader = new CborReader(whole);
    reader.readArrayHeader(2);
    int from = reader.position();
    reader.skip();
    int to = reader.position();

    CborReader part = new CborReader(whole, from, to);
    assertEquals(500, part.readLong());
    part.finish();
    assertEquals(to, part.position());
    byte[] copy =
        new CborWriter().writeArrayHeader(1).writeEncoded(whole, from, to - from).toBytes();
    assertArrayEquals(new CborWriter().writeArrayHeader(1).writeLong(500).toBytes(), copy);

    CborReader cut = new CborReader(whole, from, to - 1);
    assertRefused("cut short", cut::readLong);
  }

  @Test
  void skippingEndsWhereTheItemEnds() {
    byte[] bytes =
        new CborWriter()
            .writeArrayHeader(3)
            .writeBytes(new byte[300])
            .writeBytes(new byte[3])
            .writeLong(7)
            .toBytes();
    CborReader reader = new CborReader(bytes);
    reader.readArrayHeader(3);
    reader.skip();
    reader.skip();
    assertEquals(7, reader.readLong());
    reader.finish();
  }

  private static void validate(byte[] bytes) {
    CborReader reader = new CborReader(bytes);
    reader.skip();
    reader.finish();
  }

  private static void assertRefused(String message, Runnable action) {
    String actual = String.valueOf(assertThrows(CborException.class, action::run).getMessage());
    assertTrue(actual.contains(message), actual);
  }
}
