package io.cairnfs.client.content;

import io.cairnfs.protocol.block.BlockLimits;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A run of dirty bytes inside one aligned chunk of a file; grows at its end. Guarded by its {@link
 * DirtyFile}.
 */
final class Segment {

  /** Chunks of a file: a full one becomes a block of its own. */
  static final int CHUNK_BYTES = BlockLimits.MAX_PRODUCED_BYTES;

  private byte[] bytes;

  /**
   * Where in the array the run starts: more than 0 once its head was overwritten by another
   * segment.
   */
  private int from;

  private long start;
  private int length;

  /** An empty one. */
  Segment(long start, int capacity) {
    this.bytes = new byte[capacity];
    this.start = start;
  }

  long start() {
    return start;
  }

  long end() {
    return start + length;
  }

  int length() {
    return length;
  }

  byte[] array() {
    return bytes;
  }

  int arrayOffset() {
    return from;
  }

  /** Memory that it holds. */
  int capacity() {
    return bytes.length;
  }

  boolean isFullChunk() {
    return length == CHUNK_BYTES;
  }

  /** Writes bytes that start inside the run or right at its end, and end in the same chunk. */
  void write(long offset, ByteBuffer data, int count) {
    int at = Math.toIntExact(offset - start);
    ensureCapacity(at + count);
    data.get(bytes, from + at, count);
    length = Math.max(length, at + count);
  }

  /** Grows by doubling, but never past the end of the chunk. */
  private void ensureCapacity(int needed) {
    if (from + needed <= bytes.length) {
      return;
    }
    int untilChunkEnd = CHUNK_BYTES - (int) (start % CHUNK_BYTES);
    byte[] larger = new byte[Math.min(untilChunkEnd, Math.max(needed, 2 * bytes.length))];
    System.arraycopy(bytes, from, larger, 0, length);
    bytes = larger;
    from = 0;
  }

  /** Lets go of the bytes before an offset inside the run. */
  void dropHead(long newStart) {
    int dropped = Math.toIntExact(newStart - start);
    from += dropped;
    start = newStart;
    length -= dropped;
  }

  /** Lets go of the bytes from an offset inside the run on. */
  void dropTail(long newEnd) {
    length = Math.toIntExact(newEnd - start);
  }

  /** The part from an offset inside the run on, as a segment of its own. */
  Segment copyFrom(long offset) {
    int skipped = Math.toIntExact(offset - start);
    Segment tail = new Segment(offset, length - skipped);
    System.arraycopy(bytes, from + skipped, tail.bytes, 0, length - skipped);
    tail.length = length - skipped;
    return tail;
  }

  /** The run in an array of exactly its length: its own if that fits, else a copy. */
  byte[] exactBytes() {
    return from == 0 && length == bytes.length
        ? bytes
        : Arrays.copyOfRange(bytes, from, from + length);
  }

  /** Copies what overlaps [offset, offset + count) to its place in the target. */
  void copyTo(long offset, ByteBuffer target, int targetIndex, int count) {
    long low = Math.max(offset, start);
    long high = Math.min(offset + count, end());
    if (low < high) {
      target.put(
          targetIndex + (int) (low - offset),
          bytes,
          from + (int) (low - start),
          (int) (high - low));
    }
  }
}
