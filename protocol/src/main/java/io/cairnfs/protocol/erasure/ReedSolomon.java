package io.cairnfs.protocol.erasure;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;

/**
 * A systematic Reed-Solomon code: parity row r weighs the i-th data shard with 2^(r i), so that the
 * first parity is the exclusive or, and the others cost a doubling for each shard and row (Horner's
 * rule). Immutable.
 *
 * <p>Sources: Reed and Solomon, "Polynomial codes over certain finite fields" (1960); Anvin, "The
 * mathematics of RAID-6" (2004) for these weights and the doubling of many bytes in one word.
 * Vandermonde rows beside a unit matrix are no good for every size; for the sizes of {@link
 * Erasure} they are, which {@code ReedSolomonTest} shows for each choice of shards.
 *
 * <p>The loops are over arrays of longs that the compiler turns into vector instructions.
 */
public final class ReedSolomon {

  /** Words of each shard that are worked on together: those of all shards stay in a fast cache. */
  private static final int WORDS = 256;

  private static final int BLOCK_BYTES = WORDS * Long.BYTES;
  private static final long LOW_BITS = 0x0101010101010101L;
  private static final long ALL_BUT_HIGH_BITS = 0x7f7f7f7f7f7f7f7fL;
  private static final int HIGH_BIT = 7;

  private final int dataShards;

  /** A row of weights for each shard; the first ones are those of the unit matrix. */
  private final int[][] weights;

  public ReedSolomon(Erasure erasure) {
    this.dataShards = erasure.dataShards();
    this.weights = new int[erasure.shards()][dataShards];
    for (int i = 0; i < dataShards; i++) {
      weights[i][i] = 1;
      for (int row = 0; row < erasure.parityShards(); row++) {
        weights[dataShards + row][i] = GaloisField.power(row * i);
      }
    }
  }

  /**
   * The parity of data.
   *
   * @param data as many as there are data shards, each of at most {@code length} bytes: zeros
   *     follow the shorter ones
   * @param length of each parity in bytes
   */
  public byte[][] encode(byte[][] data, int length) {
    if (data.length != dataShards) {
      throw new IllegalArgumentException(data.length + " shards of data");
    }
    int[][] rows = Arrays.copyOfRange(weights, dataShards, weights.length);
    return combine(rows, data, length);
  }

  /**
   * A shard, or a part of one, from the same part of others.
   *
   * @param wanted its number: data first, then parity
   * @param others by their numbers, at least as many as there are data shards; zeros follow those
   *     of fewer than {@code length} bytes
   * @param length in bytes
   * @throws IllegalArgumentException if there are too few
   */
  public byte[] rebuild(int wanted, Map<Integer, byte[]> others, int length) {
    if (others.size() < dataShards) {
      throw new IllegalArgumentException(
          others.size() + " shards of " + dataShards + " that are needed");
    }
    int[][] known = new int[dataShards][];
    byte[][] inputs = new byte[dataShards][];
    int chosen = 0;
    for (Map.Entry<Integer, byte[]> other : others.entrySet()) {
      if (chosen < dataShards) {
        known[chosen] = weights[other.getKey()];
        inputs[chosen++] = other.getValue();
      }
    }
    int[][] toData = GaloisField.inverse(known);
    int[] row = new int[dataShards];
    for (int i = 0; i < dataShards; i++) {
      for (int j = 0; j < dataShards; j++) {
        row[i] ^= GaloisField.multiply(weights[wanted][j], toData[j][i]);
      }
    }
    return combine(new int[][] {row}, inputs, length)[0];
  }

  /** The sums of the inputs, weighted by each row. */
  private static byte[][] combine(int[][] rows, byte[][] inputs, int length) {
    byte[][] outputs = new byte[rows.length][length];
    long[][] words = new long[inputs.length][WORDS];
    long[] sum = new long[WORDS];
    for (int from = 0; from < length; from += BLOCK_BYTES) {
      for (int i = 0; i < inputs.length; i++) {
        load(inputs[i], from, words[i]);
      }
      for (int row = 0; row < rows.length; row++) {
        weigh(rows[row], words, sum);
        store(sum, outputs[row], from);
      }
    }
    return outputs;
  }

  /** Horner's rule over the bits of the weights, from the highest that is set in any. */
  private static void weigh(int[] row, long[][] words, long[] sum) {
    int all = 0;
    for (int weight : row) {
      all |= weight;
    }
    Arrays.fill(sum, 0);
    int highest = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(all);
    for (int bit = highest; bit >= 0; bit--) {
      if (bit < highest) {
        twice(sum);
      }
      for (int i = 0; i < row.length; i++) {
        if (((row[i] >> bit) & 1) != 0) {
          add(words[i], sum);
        }
      }
    }
  }

  private static void add(long[] words, long[] sum) {
    for (int i = 0; i < WORDS; i++) {
      sum[i] ^= words[i];
    }
  }

  /** Doubles each byte; one that overflows is reduced by the polynomial. */
  private static void twice(long[] sum) {
    for (int i = 0; i < WORDS; i++) {
      long word = sum[i];
      long over = (word >>> HIGH_BIT) & LOW_BITS;
      sum[i] = ((word & ALL_BUT_HIGH_BITS) << 1) ^ over ^ (over << 2) ^ (over << 3) ^ (over << 4);
    }
  }

  private static void load(byte[] from, int position, long[] words) {
    int available = Math.clamp(from.length - (long) position, 0, BLOCK_BYTES);
    int whole = available / Long.BYTES;
    if (whole > 0) {
      ByteBuffer.wrap(from, position, available)
          .slice()
          .order(ByteOrder.LITTLE_ENDIAN)
          .asLongBuffer()
          .get(words, 0, whole);
    }
    Arrays.fill(words, whole, WORDS, 0);
    for (int i = whole * Long.BYTES; i < available; i++) {
      words[whole] |= (from[position + i] & 0xffL) << (i % Long.BYTES * Byte.SIZE);
    }
  }

  private static void store(long[] words, byte[] to, int position) {
    int room = Math.min(to.length - position, BLOCK_BYTES);
    int whole = room / Long.BYTES;
    ByteBuffer.wrap(to, position, room)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asLongBuffer()
        .put(words, 0, whole);
    for (int i = whole * Long.BYTES; i < room; i++) {
      to[position + i] = (byte) (words[whole] >>> (i % Long.BYTES * Byte.SIZE));
    }
  }
}
