package io.cairnfs.node.store.segment;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The CRC32C of each chunk of a body, so that a part of it can be checked without the rest.
 * Immutable.
 */
public final class ChunkSums {

  /** Small, so that a page costs little to check; large, so that index entries stay small. */
  public static final int CHUNK_BYTES = 64 << 10;

  private final int[] sums;

  private ChunkSums(int[] sums) {
    this.sums = sums;
  }

  /** The sums of a body. */
  public static ChunkSums of(byte[] body) {
    int[] sums = new int[count(body.length)];
    for (int chunk = 0; chunk < sums.length; chunk++) {
      int from = chunk * CHUNK_BYTES;
      sums[chunk] = sum(body, from, Math.min(CHUNK_BYTES, body.length - from));
    }
    return new ChunkSums(sums);
  }

  /** How many chunks a body of so many bytes has. */
  public static int count(int bodyBytes) {
    return (bodyBytes + CHUNK_BYTES - 1) / CHUNK_BYTES;
  }

  /** Reads so many sums. */
  public static ChunkSums decode(ByteBuffer from, int count) {
    int[] sums = new int[count];
    for (int chunk = 0; chunk < count; chunk++) {
      sums[chunk] = from.getInt();
    }
    return new ChunkSums(sums);
  }

  public void encode(ByteBuffer to) {
    for (int sum : sums) {
      to.putInt(sum);
    }
  }

  public int count() {
    return sums.length;
  }

  /**
   * Whether bytes are what the body has from one chunk on; they end at the end of a chunk, or with
   * the body.
   */
  public boolean match(int firstChunk, byte[] bytes) {
    int chunk = firstChunk;
    for (int from = 0; from < bytes.length; from += CHUNK_BYTES) {
      if (sum(bytes, from, Math.min(CHUNK_BYTES, bytes.length - from)) != sums[chunk]) {
        return false;
      }
      chunk++;
    }
    return true;
  }

  private static int sum(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChunkSums that && Arrays.equals(sums, that.sums);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sums);
  }
}
