package io.cairnfs.client.namespace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.Outboard;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.ipld.CborException;
import io.cairnfs.protocol.ipld.CborReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Keys, values and deltas as bytes. */
final class CodecsTest {

  private static final Cid HELLO =
      Cid.parse("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");

  @Test
  void keysArePinned() {
    assertEquals("01" + "0107", hex(Key.orphan(7)));
    assertEquals("02" + "0107" + "00", hex(Key.inode(7)));
    assertEquals("02" + "020107" + "01", hex(Key.times(0x107)));
    assertEquals("02" + "0107" + "02", hex(Key.parent(7)));
    assertEquals("02" + "0107" + "03" + "6162", hex(Key.xattr(7, new byte[] {'a', 'b'})));
    assertEquals("03" + "0107" + "0000000000000008", hex(Key.entry(7, 8)));
    assertEquals("04" + "0107" + "00", hex(Key.extent(7, 0)));
    assertEquals("04" + "0107" + "03100000", hex(Key.extent(7, 1 << 20)));
  }

  private static String hex(Key key) {
    return HexFormat.of().formatHex(key.toBytes());
  }

  @Test
  void valuesArePinned() {
    assertEquals(
        "87" // 7 items
            + "08" // a regular file
            + "1901a4" // 0644
            + "1903e8" // uid 1000
            + "1affffffff" // gid -1, unsigned
            + "02" // links
            + "00" // no device
            + "1b17979cfe362a0000", // birth
        TestValues.encoded(
            new Inode(
                FileType.REGULAR, 0644, 1000, -1, 2, 0, 0x17979cfe362a0000L, Inode.NO_TARGET)));
    assertEquals(
        "86" + "0a" + "01" + "21" + "190400" + "1907ff" + "03",
        TestValues.encoded(new InodeTimes(10, 11, 9, 1024, 3071, 3)));
    assertEquals(
        "83" + "0c" + "04" + "4178",
        TestValues.encoded(new DirectoryEntry(Name.of("x"), 12, FileType.DIRECTORY, 8)));
    assertEquals("82" + "01" + "4178", TestValues.encoded(new ParentLink(1, Name.of("x"))));
    assertEquals("1a00100000", TestValues.encoded(new Value.Content(new Extent.Zeros(1 << 20))));
    assertEquals("4101", TestValues.encoded(new Value.Content(new Extent.Inline(new byte[] {1}))));
    assertEquals(
        "83"
            + "d82a582500" // a link, so that any IPLD tool finds the block
            + HexFormat.of().formatHex(HELLO.toBytes())
            + "05"
            + "06",
        TestValues.encoded(
            new Value.Content(new Extent.InBlock(new BlockRef.Stored(HELLO), 5, 6))));
    assertEquals("4102", TestValues.encoded(new Value.Attribute(new byte[] {2})));
    assertEquals("f5", TestValues.encoded(Value.Orphan.MARK));
  }

  /** A link to HELLO, so that any IPLD tool finds the block. */
  private static final String LINK = "d82a582500" + HexFormat.of().formatHex(HELLO.toBytes());

  private static String encoded(Extent extent) {
    return TestValues.encoded(new Value.Content(extent));
  }

  private static Extent.InBlock decoded(String hex) {
    return (Extent.InBlock) Columns.readExtent(new CborReader(HexFormat.of().parseHex(hex)));
  }

  @Test
  void outboardsArePinned() {
    byte[] digests = new byte[2 * Outboard.DIGEST_BYTES];
    Arrays.fill(digests, (byte) 0xdd);
    Outboard outboard = new Outboard(256, Outboard.CHUNK_BYTES + 1, digests);
    Extent.InBlock all =
        new Extent.InBlock(new BlockRef.Stored(HELLO), 256, Outboard.CHUNK_BYTES + 1, outboard);
    String allHex =
        "84" // 4 items: the extent is what the digests are of
            + LINK
            + "190100"
            + "1a00010001"
            + "5840"
            + "dd".repeat(64);
    assertEquals(allHex, encoded(all));
    assertEquals(all, decoded(allHex));
    Extent.InBlock slice = all.slice(16, 32);
    String sliceHex =
        "86" // 6 items: it is a part of that
            + LINK
            + "190110"
            + "10"
            + "5840"
            + "dd".repeat(64)
            + "190100"
            + "1a00010001";
    assertEquals(sliceHex, encoded(slice));
    assertEquals(slice, decoded(sliceHex));
  }

  @Test
  void outboardsThatDoNotFitAreRefused() {
    String digest = "5820" + "dd".repeat(32);
    decoded("84" + LINK + "00" + "01" + digest);
    for (String bad :
        List.of(
            "84" + LINK + "00" + "1a00010001" + digest, // too few digests
            "84" + LINK + "00" + "01" + "5840" + "dd".repeat(64), // too many
            "84" + LINK + "00" + "01" + "40", // none
            "84" + LINK + "00" + "1b7fffffffffffffff" + digest, // longer than any block
            "86" + LINK + "00" + "01" + digest + "00" + "01", // its range told twice
            "86" + LINK + "00" + "02" + digest + "01" + "01", // outside of its range
            "86" + LINK + "05" + "01" + digest + "00" + "05",
            "86" + LINK + "00" + "01" + digest + "00" + "00",
            "85" + LINK + "00" + "01" + digest + "00")) {
      assertThrows(IllegalArgumentException.class, () -> decoded(bad), bad);
    }
  }

  @Test
  void aDeltaIsPinned() {
    byte[] body =
        MutationCodec.encode(
            List.of(
                new Mutation.Put(Key.parent(7), new ParentLink(1, Name.of("x"))),
                new Mutation.Delete(Key.inode(7)),
                new Mutation.ClearXattrs(7),
                new Mutation.PutExtent(7, 5, new Extent.Zeros(9)),
                new Mutation.ClearExtents(7, 5, 9),
                new Mutation.ChangeTimes(
                    7, TimesChange.modified(100).raisingSize(9).addingEntries(-1, 1)),
                new Mutation.ChangeTimes(7, TimesChange.accessed(100))));
    assertEquals(
        "88"
            + "00" // format
            + "83"
            + "00"
            + "4402010702"
            + "82"
            + "01"
            + "4178" // put
            + "82"
            + "01"
            + "4402010700" // delete
            + "82"
            + "02"
            + "07" // clear extended attributes
            + "84"
            + "03"
            + "07"
            + "05"
            + "09" // put extent
            + "84"
            + "04"
            + "07"
            + "05"
            + "09" // clear extents
            + "88"
            + "05"
            + "07"
            + "18d3"
            + "1864"
            + "00"
            + "09"
            + "20"
            + "01" // change times
            + "84"
            + "05"
            + "07"
            + "190100"
            + "1864", // change the access time
        HexFormat.of().formatHex(body));
    assertArrayEquals(body, MutationCodec.encode(MutationCodec.decode(body)));
  }

  @Test
  void encodedKeysHaveTheOrderOfKeysAndComeBack() {
    Random random = new Random(1);
    List<Key> keys = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      keys.add(randomKey(random));
    }
    for (int i = 1; i < keys.size(); i++) {
      Key one = keys.get(i - 1);
      Key other = keys.get(i);
      int bytes = Arrays.compareUnsigned(one.toBytes(), other.toBytes());
      assertEquals(
          Integer.signum(one.compareTo(other)), Integer.signum(bytes), one + " and " + other);
      assertEquals(one, Key.decode(one.toBytes(), one.toBytes().length));
      assertEquals(one.hashCode(), Key.decode(one.toBytes(), one.toBytes().length).hashCode());
    }
  }

  private static Key randomKey(Random random) {
    long inode = random.nextLong() >>> (1 + random.nextInt(63));
    long sub = random.nextLong() >>> (1 + random.nextInt(63));
    return switch (random.nextInt(7)) {
      case 0 -> Key.orphan(inode);
      case 1 -> Key.inode(inode);
      case 2 -> Key.times(inode);
      case 3 -> Key.parent(inode);
      case 4 -> Key.xattr(inode, TestValues.bytes(random, random.nextInt(20)));
      case 5 -> Key.entry(inode, sub);
      default -> Key.extent(inode, sub);
    };
  }

  @Test
  void whatIsNoDeltaIsRefused() {
    Random random = new Random(2);
    for (int i = 0; i < 5000; i++) {
      byte[] bytes = TestValues.bytes(random, random.nextInt(60));
      assertThrows(CborException.class, () -> MutationCodec.decode(bytes));
      assertThrows(
          IllegalArgumentException.class, () -> Columns.read(Key.inode(1), new CborReader(bytes)));
    }
  }

  @Test
  void namesOfOneBucketGetSlotsOfTheirOwn() {
    long bucket = NameHash.bucket(Name.of("a"));
    assertEquals(bucket, NameHash.bucketOf(bucket + NameHash.SLOTS - 1));
    assertTrue(bucket > 2);
    assertEquals(0xca978112ca1bbdcaL & Long.MAX_VALUE & -8, bucket, "the leading bits of SHA-256");
  }

  @Test
  void aNameIsFoundAmongOthersOfItsBucket() {
    Layer layer = new Layer();
    long bucket = NameHash.bucket(Name.of("mine"));
    layer.put(
        Key.entry(1, bucket), new DirectoryEntry(Name.of("stranger"), 5, FileType.REGULAR, bucket));
    LayeredMap map = new LayeredMap(List.of(layer), new Tree(null, cid -> null));
    BufferedTransaction tx = new BufferedTransaction(map, () -> 1, null);
    tx.putEntry(1, Name.of("mine"), 6, FileType.REGULAR);
    DirectoryEntry mine = tx.lookup(1, Name.of("mine"));
    assertEquals(new DirectoryEntry(Name.of("mine"), 6, FileType.REGULAR, bucket + 1), mine);
    tx.putEntry(1, Name.of("mine"), 7, FileType.REGULAR);
    assertEquals(2, tx.list(1, 0, 10).size());
    tx.deleteEntry(1, Name.of("mine"));
    assertEquals(List.of(5L), tx.list(1, 0, 10).stream().map(DirectoryEntry::inode).toList());
  }
}
