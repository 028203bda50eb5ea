package io.cairnfs.protocol.cid;

import java.nio.ByteBuffer;

/**
 * Unsigned variable-length integers: seven bits a byte, least significant first.
 *
 * <p>Source: the unsigned-varint specification of multiformats. Only the shortest encoding is read,
 * of at most {@link #MAX_BYTES} bytes.
 */
public final class Varint {

  /** The specification's limit, which keeps every value below 2^63. */
  public static final int MAX_BYTES = 9;

  private Varint() {}

  /** How many bytes a value takes. */
  public static int length(long value) {
    requireNotNegative(value);
    return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
  }

  /**
   * Writes a value.
   *
   * @return the offset after it
   */
  public static int write(long value, byte[] to, int offset) {
    requireNotNegative(value);
    int at = offset;
    long rest = value;
    while (rest >= 0x80) {
      to[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    to[at++] = (byte) rest;
    return at;
  }

  /**
   * Reads a value and advances the buffer past it.
   *
   * @throws IllegalArgumentException if it is cut short, too long or not in its shortest form
   */
  public static long read(ByteBuffer from) {
    long value = 0;
    for (int i = 0; i < MAX_BYTES; i++) {
      if (!from.hasRemaining()) {
        throw new IllegalArgumentException("a varint is cut short");
      }
      byte b = from.get();
      value |= (b & 0x7fL) << (7 * i);
      if (b >= 0) {
        if (b == 0 && i > 0) {
          throw new IllegalArgumentException("a varint is not in its shortest form");
        }
        return value;
      }
    }
    throw new IllegalArgumentException("a varint is longer than " + MAX_BYTES + " bytes");
  }

  private static void requireNotNegative(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("a varint is not negative: " + value);
    }
  }
}
