package io.cairnfs.client.content;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KnownBlocksProbeTest {

  private static final int LARGE = 1 << 20;

  private final KnownBlocksProbe probe = new KnownBlocksProbe();

  /** How many of a number of large blocks are asked for when all, or none, are known. */
  private int asked(int blocks, boolean known) {
    int asked = 0;
    for (int i = 0; i < blocks; i++) {
      if (probe.isWorthAsking(LARGE)) {
        asked++;
        probe.answered(1, known ? 1 : 0);
      }
    }
    return asked;
  }

  @Test
  void smallBlocksAreNotAskedFor() {
    assertFalse(probe.isWorthAsking(4096));
  }

  @Test
  void newDataIsHardlyAskedFor() {
    assertTrue(asked(1000, false) < 100);
  }

  @Test
  void aCopyOfKnownDataIsNoticedSoonAndItsEndToo() {
    asked(1000, false);
    assertTrue(asked(1000, true) > 980);
    assertTrue(asked(1000, false) < 150);
  }
}
