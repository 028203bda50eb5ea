package io.cairnfs.node.store.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Key256;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RecordHeaderTest {

  private static final Key256 DIGEST = Key256.parse("ab".repeat(32));
  private static final Claim CLAIM =
      new Claim(VolumeId.of(HexFormat.of().parseHex("cd".repeat(32))), 0x21);
  private static final RecordHeader HEADER =
      new RecordHeader(DIGEST, 0x12345, 7, 3, 2, true, CLAIM);

  private static ByteBuffer encoded() {
    ByteBuffer page = ByteBuffer.allocate(RecordHeader.ALIGNMENT);
    HEADER.encode(9, page);
    return page.flip();
  }

  @Test
  void isTheseBytes() {
    String expected =
        "636169726e726563" // magic
            + "00000009" // segment
            + "ab".repeat(32) // digest
            + "00012345" // length
            + "0000000000000007" // arrival
            + "00000002" // following
            + "03" // replication
            + "01" // the log decides
            + "0000"
            + "0000000000000021" // the claim's epoch
            + "cd".repeat(32) // the claim's volume
            + "f5af0185"; // CRC32C
    byte[] page = encoded().array();
    assertEquals(expected, HexFormat.of().formatHex(page, 0, expected.length() / 2));
    assertEquals(RecordHeader.ALIGNMENT, page.length);
  }

  @Test
  void isReadAgainFromItsSegmentOnly() {
    assertEquals(HEADER, RecordHeader.decode(9, encoded()));
    assertNull(RecordHeader.decode(8, encoded()), "what an older file left");
    RecordHeader unclaimed = new RecordHeader(DIGEST, 1, 0, 3, 0, false, null);
    ByteBuffer page = ByteBuffer.allocate(RecordHeader.ALIGNMENT);
    unclaimed.encode(9, page);
    assertEquals(unclaimed, RecordHeader.decode(9, page.flip()));
    assertNull(RecordHeader.decode(9, ByteBuffer.allocate(RecordHeader.ALIGNMENT)));
  }

  @Test
  void anyFlippedBitIsSeen() {
    for (int bit = 0; bit < 108 * 8; bit++) {
      ByteBuffer page = encoded();
      page.put(bit / 8, (byte) (page.get(bit / 8) ^ (1 << bit % 8)));
      assertNull(RecordHeader.decode(9, page), "bit " + bit);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 8192", "4096, 8192", "4097, 12288", "1048576, 1052672"})
  void recordsArePaddedToPages(int body, long record) {
    assertEquals(record, RecordHeader.recordBytes(body));
  }
}
