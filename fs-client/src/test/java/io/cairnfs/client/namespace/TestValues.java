package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.Extent;
import io.cairnfs.protocol.ipld.CborWriter;
import java.util.HexFormat;
import java.util.Random;

/** Values for tests. */
final class TestValues {

  static Inode file(int uid) {
    return new Inode(
        FileType.REGULAR, 0644, uid, 7, 1, 0, 1_700_000_000_123_456_789L, Inode.NO_TARGET);
  }

  static Inode directory() {
    return new Inode(
        FileType.DIRECTORY, 0755, 0, 0, 1, 0, 1_700_000_000_123_456_789L, Inode.NO_TARGET);
  }

  static InodeTimes noTimes() {
    return new InodeTimes(
        1_700_000_000_123_456_789L,
        1_700_000_000_123_456_789L,
        1_700_000_000_123_456_789L,
        0,
        0,
        0);
  }

  /** A random value of a key's kind; sometimes a large one. */
  static Value random(Key key, Random random) {
    return switch (key.kind()) {
      case Key.INODE -> file(random.nextInt());
      case Key.TIMES -> noTimes().withAllocated(random.nextLong());
      case Key.XATTR ->
          new Value.Attribute(bytes(random, random.nextInt(200) == 0 ? 65536 : random.nextInt(50)));
      case Key.EXTENT ->
          new Value.Content(new Extent.Inline(bytes(random, 1 + random.nextInt(60))));
      default -> throw new IllegalArgumentException("no random value for " + key);
    };
  }

  static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** The encoded form, to compare values that hold arrays. */
  static String encoded(Value value) {
    CborWriter writer = new CborWriter();
    Columns.write(value, writer);
    return HexFormat.of().formatHex(writer.toBytes());
  }

  private TestValues() {}
}
