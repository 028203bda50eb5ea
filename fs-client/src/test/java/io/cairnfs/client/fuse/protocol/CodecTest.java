package io.cairnfs.client.fuse.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.vfs.Attributes;
import io.cairnfs.client.vfs.CachedAttributes;
import io.cairnfs.client.vfs.Entry;
import io.cairnfs.client.vfs.Failure;
import io.cairnfs.client.vfs.OpenFlags;
import io.cairnfs.client.vfs.Opened;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Pins the structures of linux/fuse.h, in little endian; {@code |} separates fields. */
class CodecTest {

  private static final Attributes FILE =
      new Attributes(
          0x1122,
          FileType.REGULAR,
          0640,
          3,
          1000,
          1001,
          0,
          5000,
          16,
          1_000_000_002L,
          -500_000_000L,
          3_000_000_004L,
          4_000_000_005L);

  private static final String FILE_ATTR =
      """
      2211000000000000 | 8813000000000000 | 1000000000000000   ino, size, blocks
      0100000000000000 | ffffffffffffffff | 0300000000000000   atime, mtime, ctime: seconds
      02000000 | 0065cd1d | 04000000                           the same: nanoseconds
      a0810000 | 03000000 | e8030000 | e9030000                mode, nlink, uid, gid
      00000000 | 00000100 | 00000000                           rdev, blksize, flags
      """;

  private final ByteBuffer out = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);

  private void assertWritten(int length, String annotated) {
    StringBuilder hex = new StringBuilder();
    annotated.lines().forEach(line -> hex.append(line.split("   ", 2)[0].replaceAll("[ |]", "")));
    assertEquals(hex.toString(), HexFormat.of().formatHex(out.array(), 0, length));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void attributes() {
    assertWritten(
        AttributeCodec.putAttributes(out, 0, new CachedAttributes(FILE, 1_500_000_000L)),
        "0100000000000000 | 0065cd1d | 00000000   valid: seconds, nanoseconds, padding\n"
            + FILE_ATTR);
  }

  @Test
  void entry() {
    assertWritten(
        AttributeCodec.putEntry(out, 0, new Entry(FILE, 7, 2_000_000_001L)),
        """
        2211000000000000 | 0700000000000000   nodeid, generation
        0200000000000000 | 0200000000000000   entry and attributes valid: seconds
        01000000 | 01000000                   the same: nanoseconds
        """
            + FILE_ATTR);
  }

  @Test
  void statx() {
    Arrays.fill(out.array(), (byte) 0x55);
    Attributes device =
        new Attributes(
            2, FileType.BLOCK_DEVICE, 0600, 1, 0, 0, 0x12345678, 0, 0, 1, 2, 3, 4_000_000_005L);
    assertWritten(
        AttributeCodec.putStatx(out, 0, new CachedAttributes(device, 1_000_000_000L)),
        """
        0100000000000000 | 00000000 | 00000000 | 00000000000000000000000000000000   valid, flags, spare
        ff0f0000 | 00000100 | 0000000000000000 | 01000000   mask, blksize, attributes, nlink
        00000000 | 00000000 | 8061 | 0000   uid, gid, mode, spare
        0200000000000000 | 0000000000000000 | 0000000000000000 | 0000000000000000   ino, size, blocks, mask
        0000000000000000 | 01000000 | 00000000   atime
        0400000000000000 | 05000000 | 00000000   btime
        0000000000000000 | 03000000 | 00000000   ctime
        0000000000000000 | 02000000 | 00000000   mtime
        56040000 | 78230100 | 00000000 | 00000000   rdev major and minor, dev major and minor
        """
            + "00".repeat(112)
            + "   spare\n");
  }

  @Test
  void listing() {
    DirectoryAnswer answer = new DirectoryAnswer(out, 0, 64, false);
    assertTrue(answer.name(bytes("."), 1, FileType.DIRECTORY, 1));
    assertTrue(answer.name(bytes("eightlet"), 0x33, FileType.SYMLINK, 0x44));
    assertFalse(answer.name(bytes("x"), 5, FileType.REGULAR, 6));
    assertWritten(
        answer.length(),
        """
        0100000000000000 | 0100000000000000 | 01000000 | 04000000   ino, off, namelen, DT_DIR
        2e | 00000000000000                                         name, padding
        3300000000000000 | 4400000000000000 | 08000000 | 0a000000   ino, off, namelen, DT_LNK
        65696768746c6574                                            name
        """);
  }

  @Test
  void listingWithAttributes() {
    DirectoryAnswer answer = new DirectoryAnswer(out, 0, 128 + 24 + 8, true);
    assertTrue(answer.entry(bytes("f"), new Entry(FILE, 0, 0), 9));
    assertFalse(answer.entry(bytes("g"), new Entry(FILE, 0, 0), 10));
    assertEquals(160, answer.length());
    assertEquals(0x1122, out.getLong(0));
    assertEquals(0x1122, out.getLong(128));
    assertEquals(9, out.getLong(136));
    assertEquals(8, out.getInt(148)); // DT_REG
    DirectoryAnswer dots = new DirectoryAnswer(out, 0, 1000, true);
    assertTrue(dots.entry(bytes(".."), new Entry(FILE, 0, 0), 2));
    assertEquals(0, out.getLong(0)); // no lookup is counted for it
    assertEquals(0x1122, out.getLong(128));
    assertTrue(dots.entry(bytes(".a"), new Entry(FILE, 0, 0), 3));
    assertEquals(0x1122, out.getLong(160));
  }

  /** A name may have no inode behind it that can be told. */
  @Test
  void listingWithoutAttributesAmongThoseWith() {
    Arrays.fill(out.array(), (byte) 0x55);
    DirectoryAnswer answer = new DirectoryAnswer(out, 0, 128 + 24 + 8, true);
    assertTrue(answer.name(bytes("f"), 0x1122, FileType.REGULAR, 9));
    assertFalse(answer.name(bytes("g"), 0x1123, FileType.REGULAR, 10));
    assertWritten(
        answer.length(),
        "00".repeat(128)
            + "   no entry\n"
            + """
            2211000000000000 | 0900000000000000 | 01000000 | 08000000   ino, off, namelen, DT_REG
            66 | 00000000000000                                         name, padding
            """);
  }

  @Test
  void openFlags() {
    assertEquals(
        new OpenFlags(true, false, false, false, false, false, false, false), OpenCodec.flags(0));
    assertEquals(
        new OpenFlags(false, true, true, true, true, false, false, false),
        OpenCodec.flags(1 | 0x400 | 0x200 | 0x80));
    assertEquals(
        new OpenFlags(true, true, false, false, false, false, true, true),
        OpenCodec.flags(2 | 0x101000));
    assertTrue(OpenCodec.flags(0x40000).keepAccessTime());
    assertWritten(
        OpenCodec.putFile(out, 0, new Opened(0x77, true, false)),
        "7700000000000000 | 02000000 | 00000000   fh, keep cache, no backing file");
    assertWritten(
        OpenCodec.putFile(out, 0, new Opened(0x77, false, true)),
        "7700000000000000 | 01000000 | 00000000   fh, direct");
    assertWritten(
        OpenCodec.putDirectory(out, 0, new Opened(0x77, true, false)),
        "7700000000000000 | 0a000000 | 00000000   fh, keep and fill the cache");
  }

  @Test
  void notices() {
    assertNotice(
        "28000000 | 02000000 | 0000000000000000"
            + "0500000000000000 | ffffffffffffffff | 0000000000000000",
        NoticeCodec.invalidateInode(5, -1, 0));
    assertNotice(
        "23000000 | 03000000 | 0000000000000000"
            + "0100000000000000 | 02000000 | 00000000 | 6162 | 00",
        NoticeCodec.invalidateEntry(1, bytes("ab")));
    assertNotice(
        "2a000000 | 06000000 | 0000000000000000"
            + "0100000000000000 | 0900000000000000 | 01000000 | 00000000 | 61 | 00",
        NoticeCodec.delete(1, 9, bytes("a")));
    assertNotice(
        "2a000000 | 04000000 | 0000000000000000"
            + "0500000000000000 | 0010000000000000 | 02000000 | 00000000 | 6162",
        NoticeCodec.store(5, 4096, bytes("ab")));
    assertNotice("10000000 | 08000000 | 0000000000000000", NoticeCodec.incrementEpoch());
  }

  private static void assertNotice(String annotated, byte[] notice) {
    assertEquals(annotated.replaceAll("[ |]", ""), HexFormat.of().formatHex(notice));
  }

  @Test
  void everyFailureHasItsOwnNumber() {
    assertEquals(
        Failure.values().length,
        Arrays.stream(Failure.values()).map(FailureErrno::of).distinct().count());
    assertEquals(2, FailureErrno.of(Failure.NOT_FOUND));
    assertEquals(39, FailureErrno.of(Failure.NOT_EMPTY));
    assertEquals(61, FailureErrno.of(Failure.NO_SUCH_ATTRIBUTE));
  }
}
