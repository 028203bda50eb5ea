package io.cairnfs.node.replication;

import io.cairnfs.protocol.identity.Key256;
import java.util.ArrayList;
import java.util.List;

/**
 * All keys that begin with some bits.
 *
 * @param bits how many, up to {@link #MAX_BITS}
 * @param prefix those bits as a number
 */
record KeyRange(int bits, int prefix) {

  /** A range falls into two to the power of this parts. */
  static final int STEP_BITS = 7;

  /** Ranges of so many bits are not divided: they hold a few keys of billions. */
  static final int MAX_BITS = 4 * STEP_BITS;

  /** Into how many parts a range falls. */
  static final int PARTS = 1 << STEP_BITS;

  /** Every key. */
  static final KeyRange ALL = new KeyRange(0, 0);

  /**
   * @throws IllegalArgumentException if there is no such range
   */
  KeyRange {
    if (bits < 0 || bits > MAX_BITS || prefix < 0 || prefix >>> bits != 0) {
      throw new IllegalArgumentException("no range has the prefix " + prefix + "/" + bits);
    }
  }

  /** The first bits of a key as a number. */
  static int prefixOf(Key256 key, int bits) {
    int first = key.byteAt(0) << 24 | key.byteAt(1) << 16 | key.byteAt(2) << 8 | key.byteAt(3);
    return bits == 0 ? 0 : first >>> (Integer.SIZE - bits);
  }

  boolean contains(Key256 key) {
    return prefixOf(key, bits) == prefix;
  }

  /** The lowest key. */
  Key256 first() {
    int first = bits == 0 ? 0 : prefix << (Integer.SIZE - bits);
    byte[] key = new byte[Key256.BYTES];
    for (int i = 0; i < Integer.BYTES; i++) {
      key[i] = (byte) (first >>> (Integer.SIZE - Byte.SIZE * (i + 1)));
    }
    return Key256.of(key);
  }

  boolean isDivisible() {
    return bits < MAX_BITS;
  }

  /** The parts that it falls into, in order. */
  List<KeyRange> parts() {
    List<KeyRange> parts = new ArrayList<>(PARTS);
    for (int i = 0; i < PARTS; i++) {
      parts.add(part(i));
    }
    return parts;
  }

  KeyRange part(int index) {
    return new KeyRange(bits + STEP_BITS, prefix << STEP_BITS | index);
  }
}
