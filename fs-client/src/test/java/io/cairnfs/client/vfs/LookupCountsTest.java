package io.cairnfs.client.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Counts of lookups beside those of a plain map. */
final class LookupCountsTest {

  private static final int STEPS = 400_000;

  @Test
  void countsAsAMapDoes() {
    LookupCounts counts = new LookupCounts();
    Map<Long, Long> expected = new HashMap<>();
    Random random = new Random(1);
    for (int step = 0; step < STEPS; step++) {
      // as many inodes as make tables grow, then few, so that they shrink
      long inode = 1L + random.nextInt(step < STEPS / 2 ? 50_000 : 500);
      if (random.nextInt(5) < 3) {
        counts.add(inode);
        expected.merge(inode, 1L, Long::sum);
      } else {
        long some = 1L + random.nextInt(3);
        long left = Math.max(0, expected.getOrDefault(inode, 0L) - some);
        assertEquals(left, counts.subtract(inode, some));
        if (left == 0) {
          expected.remove(inode);
        } else {
          expected.put(inode, left);
        }
      }
    }
    for (long inode = 1; inode <= 50_000; inode++) {
      long count = expected.getOrDefault(inode, 0L);
      assertEquals(count > 0, counts.isHeld(inode), "inode " + inode);
      assertEquals(0, counts.subtract(inode, count));
      assertFalse(counts.isHeld(inode));
    }
  }

  @Test
  void numbersThatLieApart() {
    LookupCounts counts = new LookupCounts();
    for (int shift = 0; shift < Long.SIZE; shift++) {
      counts.add(1L << shift);
    }
    for (int shift = 0; shift < Long.SIZE; shift++) {
      assertTrue(counts.isHeld(1L << shift));
      assertEquals(0, counts.subtract(1L << shift, 1));
    }
  }
}
