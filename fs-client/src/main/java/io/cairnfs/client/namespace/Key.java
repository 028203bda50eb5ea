package io.cairnfs.client.namespace;

import io.cairnfs.protocol.head.SessionId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key of the namespace map. Keys are ordered so that what is read together lies together:
 * orphans; then what describes inodes, by inode (attributes, times, parent, extended attributes);
 * then names, by directory and cookie; then extents, by inode and offset. The order is that of the
 * encoded bytes. Immutable.
 *
 * <p>Encoded: the region's byte, the inode, and then the kind's low half for the region of inodes,
 * a fixed 64-bit cookie for names, an offset for extents; last an attribute's name, or the session
 * that holds an orphan. Inodes and offsets are a length byte and as many big-endian bytes as they
 * need, which keeps their order.
 */
final class Key implements Comparable<Key> {

  /** {@code O}: an orphan, and who holds it. The high half of a kind is its region. */
  static final byte ORPHAN = 0x10;

  /** {@code I}: an inode's attributes. */
  static final byte INODE = 0x20;

  /** {@code T}: an inode's times and sizes. */
  static final byte TIMES = 0x21;

  /** {@code P}: where a directory hangs. */
  static final byte PARENT = 0x22;

  /** {@code X}: an extended attribute. */
  static final byte XATTR = 0x23;

  /** {@code D}: a name in a directory. */
  static final byte ENTRY = 0x30;

  /** {@code E}: an extent. */
  static final byte EXTENT = 0x40;

  /** Longest encoded key: region, inode, kind, and the longest attribute name that Linux has. */
  static final int MAX_BYTES = 1 + 9 + 1 + 255;

  private static final int REGION_BITS = 4;
  private static final int INODE_REGION = INODE >> REGION_BITS;
  private static final int HOLDER_BYTES = 16;
  private static final byte[] NO_TAIL = {};

  /** Not less than any key: the end of a range without one. */
  static final Key END = extent(Long.MAX_VALUE, Long.MAX_VALUE);

  private final byte kind;
  private final long inode;
  private final long sub;
  private final byte[] tail;

  private Key(byte kind, long inode, long sub, byte[] tail) {
    this.kind = kind;
    this.inode = inode;
    this.sub = sub;
    this.tail = tail;
  }

  static Key orphan(long inode) {
    return new Key(ORPHAN, inode, 0, NO_TAIL);
  }

  /** A session that has an orphan open. */
  static Key holder(long inode, SessionId session) {
    byte[] id =
        ByteBuffer.allocate(HOLDER_BYTES)
            .putLong(session.value().getMostSignificantBits())
            .putLong(session.value().getLeastSignificantBits())
            .array();
    return new Key(ORPHAN, inode, 0, id);
  }

  /** Who holds an orphan, by a key that says so; null for a key that marks an orphan. */
  @Nullable SessionId holder() {
    if (tail.length == 0) {
      return null;
    }
    ByteBuffer id = ByteBuffer.wrap(tail);
    return new SessionId(new UUID(id.getLong(), id.getLong()));
  }

  static Key inode(long inode) {
    return new Key(INODE, inode, 0, NO_TAIL);
  }

  static Key times(long inode) {
    return new Key(TIMES, inode, 0, NO_TAIL);
  }

  static Key parent(long directory) {
    return new Key(PARENT, directory, 0, NO_TAIL);
  }

  static Key xattr(long inode, byte[] name) {
    return new Key(XATTR, inode, 0, name);
  }

  static Key entry(long directory, long cookie) {
    return new Key(ENTRY, directory, cookie, NO_TAIL);
  }

  static Key extent(long inode, long offset) {
    return new Key(EXTENT, inode, offset, NO_TAIL);
  }

  /** The lowest key that is greater, of a name. */
  Key successor() {
    return sub == Long.MAX_VALUE
        ? new Key(kind, inode + 1, 0, NO_TAIL)
        : new Key(kind, inode, sub + 1, NO_TAIL);
  }

  /** The key with these parts, as a decoded node keeps them. */
  static Key of(byte kind, long inode, long sub, byte @Nullable [] tail) {
    return new Key(kind, inode, sub, tail == null ? NO_TAIL : tail);
  }

  byte kind() {
    return kind;
  }

  long inode() {
    return inode;
  }

  /** A name's cookie or an extent's offset, else 0. */
  long sub() {
    return sub;
  }

  /** An extended attribute's name, an orphan's holder, else empty; shared. */
  byte[] tail() {
    return tail;
  }

  @Override
  public int compareTo(Key other) {
    return compare(kind, inode, sub, tail, other);
  }

  /** Compares the key with these parts to another. */
  static int compare(byte kind, long inode, long sub, byte @Nullable [] tail, Key other) {
    int regions = (kind >> REGION_BITS) - (other.kind >> REGION_BITS);
    if (regions != 0) {
      return regions;
    }
    if (inode != other.inode) {
      return inode < other.inode ? -1 : 1;
    }
    if (kind != other.kind) {
      return kind - other.kind;
    }
    if (sub != other.sub) {
      return sub < other.sub ? -1 : 1;
    }
    return Arrays.compareUnsigned(tail == null ? NO_TAIL : tail, other.tail);
  }

  /**
   * Writes the encoded form.
   *
   * @param to has room for {@link #MAX_BYTES}
   * @return its length
   */
  int encode(byte[] to) {
    int region = kind >> REGION_BITS;
    int at = 0;
    to[at++] = (byte) region;
    at = encodeNumber(inode, to, at);
    if (kind == ORPHAN) {
      System.arraycopy(tail, 0, to, at, tail.length);
      at += tail.length;
    } else if (region == INODE_REGION) {
      to[at++] = (byte) (kind & 0xf);
      System.arraycopy(tail, 0, to, at, tail.length);
      at += tail.length;
    } else if (kind == ENTRY) {
      for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
        to[at++] = (byte) (sub >>> shift);
      }
    } else if (kind == EXTENT) {
      at = encodeNumber(sub, to, at);
    }
    return at;
  }

  byte[] toBytes() {
    byte[] buffer = new byte[MAX_BYTES];
    return Arrays.copyOf(buffer, encode(buffer));
  }

  private static int encodeNumber(long value, byte[] to, int offset) {
    int bytes = (Long.SIZE - Long.numberOfLeadingZeros(value) + Byte.SIZE - 1) / Byte.SIZE;
    int at = offset;
    to[at++] = (byte) bytes;
    for (int shift = Byte.SIZE * (bytes - 1); shift >= 0; shift -= Byte.SIZE) {
      to[at++] = (byte) (value >>> shift);
    }
    return at;
  }

  /**
   * Decodes the first {@code length} bytes.
   *
   * @throws IllegalArgumentException if they are no key
   */
  static Key decode(byte[] bytes, int length) {
    if (length < 2) {
      throw new IllegalArgumentException("a key has more than " + length + " bytes");
    }
    int inodeEnd = numberEnd(bytes, 1, length);
    long inode = number(bytes, 2, inodeEnd);
    return switch (bytes[0] << REGION_BITS) {
      case ORPHAN ->
          endingAt(
              length == inodeEnd ? inodeEnd : inodeEnd + HOLDER_BYTES,
              length,
              new Key(ORPHAN, inode, 0, Arrays.copyOfRange(bytes, inodeEnd, length)));
      case INODE -> decodeInodeKey(bytes, inodeEnd, length, inode);
      case ENTRY ->
          endingAt(
              inodeEnd + Long.BYTES,
              length,
              entry(inode, number(bytes, inodeEnd, Math.min(inodeEnd + 8, length))));
      case EXTENT -> {
        int end = numberEnd(bytes, inodeEnd, length);
        yield endingAt(end, length, extent(inode, number(bytes, inodeEnd + 1, end)));
      }
      default -> throw new IllegalArgumentException("no region " + bytes[0] + " of keys");
    };
  }

  private static Key decodeInodeKey(byte[] bytes, int kindAt, int length, long inode) {
    if (kindAt >= length) {
      throw new IllegalArgumentException("a key is cut short");
    }
    byte kind = (byte) (INODE | bytes[kindAt]);
    return switch (kind) {
      case INODE, TIMES, PARENT -> endingAt(kindAt + 1, length, new Key(kind, inode, 0, NO_TAIL));
      case XATTR -> xattr(inode, Arrays.copyOfRange(bytes, kindAt + 1, length));
      default -> throw new IllegalArgumentException("no kind " + kind + " of keys");
    };
  }

  private static Key endingAt(int end, int length, Key key) {
    if (end != length) {
      throw new IllegalArgumentException("a key has " + length + " bytes instead of " + end);
    }
    return key;
  }

  private static int numberEnd(byte[] bytes, int at, int length) {
    if (at >= length || bytes[at] < 0 || bytes[at] > Long.BYTES || at + 1 + bytes[at] > length) {
      throw new IllegalArgumentException("a key has a bad number");
    }
    return at + 1 + bytes[at];
  }

  private static long number(byte[] bytes, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      value = value << Byte.SIZE | (bytes[i] & 0xff);
    }
    if (value < 0) {
      throw new IllegalArgumentException("a key has a negative number");
    }
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key
        && kind == key.kind
        && inode == key.inode
        && sub == key.sub
        && Arrays.equals(tail, key.tail);
  }

  @Override
  public int hashCode() {
    long mixed = (inode * 0x9e37_79b9_7f4a_7c15L) ^ (sub + kind) * 0xc2b2_ae3d_27d4_eb4fL;
    int hash = (int) (mixed >>> Integer.SIZE);
    return tail.length == 0 ? hash : hash ^ Arrays.hashCode(tail);
  }

  /** The key as people write it, such as {@code I 7} or {@code E 7 4096}, for logs and tests. */
  @Override
  public String toString() {
    return switch (kind) {
      case ORPHAN -> tail.length == 0 ? "O " + inode : "O " + inode + " " + holder();
      case INODE -> "I " + inode;
      case TIMES -> "T " + inode;
      case PARENT -> "P " + inode;
      case XATTR -> "X " + inode + " " + XattrNames.toText(tail);
      case ENTRY -> "D " + inode + " " + Long.toHexString(sub);
      default -> "E " + inode + " " + sub;
    };
  }
}
