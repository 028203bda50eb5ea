package io.cairnfs.node.store;

import java.util.Arrays;

/**
 * A range of a block's bytes.
 *
 * @param offset of its first byte
 * @param end where it ends, exclusive; may lie beyond the block
 */
record ByteRange(int offset, int end) {

  /**
   * @throws IllegalArgumentException for a negative number
   */
  static ByteRange of(int offset, int length) {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("no range: " + length + " bytes at " + offset);
    }
    return new ByteRange(offset, (int) Math.min((long) offset + length, Integer.MAX_VALUE));
  }

  /** The part that lies within a block of so many bytes. */
  ByteRange clip(int sizeBytes) {
    return new ByteRange(Math.min(offset, sizeBytes), Math.min(end, sizeBytes));
  }

  /** The bytes of the range, clipped at the body's end. */
  byte[] cut(byte[] body) {
    ByteRange within = clip(body.length);
    return Arrays.copyOfRange(body, within.offset, within.end);
  }
}
