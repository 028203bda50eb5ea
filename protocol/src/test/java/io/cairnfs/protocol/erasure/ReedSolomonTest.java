package io.cairnfs.protocol.erasure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Any shards, as many as there are of data, give all the others. */
final class ReedSolomonTest {

  private static final int BLOCK_BYTES = 2048;

  private static byte[][] random(Random random, int shards, int length) {
    byte[][] data = new byte[shards][];
    for (int i = 0; i < shards; i++) {
      data[i] = new byte[length - random.nextInt(Math.min(length, 9))];
      random.nextBytes(data[i]);
    }
    return data;
  }

  /** All shards with zeros at their ends. */
  private static Map<Integer, byte[]> code(Erasure erasure, byte[][] data, int length) {
    Map<Integer, byte[]> all = new TreeMap<>();
    for (byte[] shard : data) {
      all.put(all.size(), Arrays.copyOf(shard, length));
    }
    for (byte[] shard : new ReedSolomon(erasure).encode(data, length)) {
      all.put(all.size(), shard);
    }
    return all;
  }

  @Test
  void everyChoiceOfLostShardsComesBackForEveryCode() {
    int length = 24;
    for (int k = Erasure.MIN_DATA; k <= Erasure.MAX_DATA; k++) {
      for (int m = 1; m <= Erasure.MAX_PARITY; m++) {
        Erasure erasure = new Erasure(k, m);
        Map<Integer, byte[]> all = code(erasure, random(new Random(k), k, length), length);
        ReedSolomon code = new ReedSolomon(erasure);
        for (int lost = 1; lost < 1 << (k + m); lost++) {
          if (Integer.bitCount(lost) == m) {
            check(code, all, lost, length);
          }
        }
      }
    }
  }

  private static void check(ReedSolomon code, Map<Integer, byte[]> all, int lost, int length) {
    Map<Integer, byte[]> left = new TreeMap<>(all);
    left.keySet().removeIf(shard -> ((lost >> shard) & 1) != 0);
    int first = Integer.numberOfTrailingZeros(lost);
    int last = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(lost);
    assertArrayEquals(all.get(first), code.rebuild(first, left, length));
    assertArrayEquals(all.get(last), code.rebuild(last, left, length));
  }

  @Test
  void lengthsNeedNotFitWords() {
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      Erasure erasure = new Erasure(2 + random.nextInt(15), 1 + random.nextInt(4));
      int length = 1 + random.nextInt(3 * BLOCK_BYTES);
      byte[][] data = random(random, erasure.dataShards(), length);
      Map<Integer, byte[]> all = code(erasure, data, length);
      Map<Integer, byte[]> left = new TreeMap<>(all);
      for (int lost = 0; lost < erasure.parityShards(); lost++) {
        left.remove(random.nextInt(erasure.shards()));
      }
      for (int shard = 0; shard < erasure.shards(); shard++) {
        assertArrayEquals(
            all.get(shard), new ReedSolomon(erasure).rebuild(shard, left, length), "" + erasure);
      }
    }
  }

  @Test
  void partsAreRebuiltFromParts() {
    Erasure erasure = new Erasure(4, 2);
    Map<Integer, byte[]> all = code(erasure, random(new Random(1), 4, 5000), 5000);
    Map<Integer, byte[]> parts = new TreeMap<>();
    all.forEach((shard, bytes) -> parts.put(shard, Arrays.copyOfRange(bytes, 1000, 1900)));
    byte[] expected = parts.remove(1);
    parts.remove(4);
    assertArrayEquals(expected, new ReedSolomon(erasure).rebuild(1, parts, 900));
  }

  @Test
  void theFirstParityIsTheExclusiveOr() {
    byte[][] data = {{1, 2, 3}, {4, 8, 15}, {16}};
    byte[][] parity = new ReedSolomon(new Erasure(3, 2)).encode(data, 3);
    assertArrayEquals(new byte[] {0b10101, 0b01010, 0b01100}, parity[0]);
    // The second shard counts twice, the third four times, without carry.
    assertArrayEquals(new byte[] {0b1001001, 0b0010010, 0b0011101}, parity[1]);
  }

  @Test
  void tooFewShardsAreRefused() {
    ReedSolomon code = new ReedSolomon(new Erasure(2, 1));
    Map<Integer, byte[]> one = Map.of(0, new byte[4]);
    assertThrows(IllegalArgumentException.class, () -> code.rebuild(1, one, 4));
  }

  @Test
  void codesAreWrittenAsPeopleSayThem() {
    assertEquals(new Erasure(4, 2), Erasure.parse("4+2"));
    assertEquals("16+4", new Erasure(16, 4).toString());
    for (String wrong : new String[] {"4", "4+", "1+1", "17+2", "4+0", "4+5", "4-2", " 4+2"}) {
      assertThrows(IllegalArgumentException.class, () -> Erasure.parse(wrong), wrong);
    }
  }
}
