package io.cairnfs.protocol.identity;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A point of the 256-bit space in which nodes and blocks live: a node id or a block's SHA-256
 * digest. Immutable. Ordered as an unsigned big-endian number.
 *
 * <p>The distance of two keys is their XOR (Maymounkov and Mazières, "Kademlia", 2002).
 */
public final class Key256 implements Comparable<Key256> {

  /** Length of a key in bytes. */
  public static final int BYTES = 32;

  private final byte[] bytes;

  private Key256(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @throws IllegalArgumentException if the length is not {@link #BYTES}
   */
  public static Key256 of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a key has " + BYTES + " bytes, not " + bytes.length);
    }
    return new Key256(bytes.clone());
  }

  /** Parses 64 hexadecimal digits. */
  public static Key256 parse(String hex) {
    return of(HexFormat.of().parseHex(hex));
  }

  public byte[] toBytes() {
    return bytes.clone();
  }

  /** The byte at an index, 0 the most significant, as 0 to 255. */
  public int byteAt(int index) {
    return bytes[index] & 0xff;
  }

  /** The eight bytes from an index on, the first the most significant. */
  public long longAt(int index) {
    long word = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      word = word << Byte.SIZE | byteAt(index + i);
    }
    return word;
  }

  /**
   * Whether {@code a} is closer to this key than {@code b}: negative if so, positive if farther, 0
   * if a equals b.
   */
  public int compareDistance(Key256 a, Key256 b) {
    int i = Arrays.mismatch(a.bytes, b.bytes);
    if (i < 0) {
      return 0;
    }
    return Integer.compare((a.bytes[i] ^ bytes[i]) & 0xff, (b.bytes[i] ^ bytes[i]) & 0xff);
  }

  /** Number of leading bits that both keys share: 0 to 256. */
  public int commonPrefixBits(Key256 other) {
    int i = Arrays.mismatch(bytes, other.bytes);
    if (i < 0) {
      return BYTES * Byte.SIZE;
    }
    return i * Byte.SIZE + Integer.numberOfLeadingZeros((bytes[i] ^ other.bytes[i]) & 0xff) - 24;
  }

  @Override
  public int compareTo(Key256 other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key256 key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return bytes[28] << 24
        | (bytes[29] & 0xff) << 16
        | (bytes[30] & 0xff) << 8
        | (bytes[31] & 0xff);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
