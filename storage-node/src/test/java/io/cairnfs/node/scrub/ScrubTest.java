package io.cairnfs.node.scrub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.config.ScrubSettings;
import io.cairnfs.node.store.MemoryBlockStore;
import io.cairnfs.node.store.PutOptions;
import io.cairnfs.node.store.TestBlocks;
import io.cairnfs.protocol.identity.Key256;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scrubbing by a clock that the test turns. */
final class ScrubTest {

  private static final int BLOCKS = 400;
  private static final int BLOCK_BYTES = 100_000;
  private static final long TOTAL = (long) BLOCKS * BLOCK_BYTES;
  private static final ScrubSettings SETTINGS = new ScrubSettings(Duration.ofDays(10), 8L << 20);

  private final MemoryBlockStore store =
      new MemoryBlockStore(Key256.of(new byte[Key256.BYTES]), Long.MAX_VALUE);
  private Duration passed = Duration.ZERO;

  @BeforeEach
  void fill() throws Exception {
    store.put(TestBlocks.random(1, BLOCKS, BLOCK_BYTES), PutOptions.VERIFIED);
  }

  private Scrub open() throws Exception {
    return new Scrub(store, SETTINGS, () -> Instant.EPOCH.plus(passed).plusSeconds(1), this::nanos);
  }

  private long nanos() {
    return passed.toNanos();
  }

  /** Does what the workers' thread does, until a time has come. */
  private void run(Scrub scrub, Duration until) throws Exception {
    while (passed.compareTo(until) < 0) {
      Duration wait = scrub.work();
      Duration debt = scrub.throttle().debt();
      passed = passed.plus(wait.compareTo(debt) > 0 ? wait : debt);
    }
  }

  @Test
  void itReadsEverythingOnceInEachPeriod() throws Exception {
    Scrub scrub = open();
    run(scrub, Duration.ofDays(5));
    assertEquals(BLOCKS, scrub.figures().complete().blocks());
    assertEquals(TOTAL, scrub.throttle().spentBytes());
    assertFalse(scrub.figures().running());
    run(scrub, Duration.ofDays(39));
    assertEquals(4 * TOTAL, scrub.throttle().spentBytes());
    assertFalse(scrub.figures().late());
    passed = passed.plusDays(25);
    assertTrue(scrub.figures().late());
  }

  @Test
  void aBudgetIsKeptAtAllTimes() throws Exception {
    Scrub scrub = open();
    scrub.throttle().order(200_000);
    for (int second = 10; scrub.figures().lastComplete() == null; second += 10) {
      run(scrub, Duration.ofSeconds(second));
      long most = (passed.toSeconds() + 1) * 200_000 + (4L << 20) + BLOCK_BYTES;
      assertTrue(scrub.throttle().spentBytes() <= most, () -> "after " + passed);
    }
    double seconds = TOTAL * 1.17 / 200_000; // with what looking for a block costs
    assertEquals(seconds, (double) passed.toSeconds(), seconds / 5);
  }

  @Test
  void littleIsReadInShortTime() throws Exception {
    Scrub scrub = open();
    while (scrub.figures().lastComplete() == null) {
      run(scrub, passed.plusSeconds(1));
    }
    assertEquals(TOTAL * 1.17 / (1 << 20), (double) passed.toSeconds(), 10);
  }

  @Test
  void itGoesOnAfterARestartWhereItWas() throws Exception {
    Scrub first = open();
    run(first, Duration.ofSeconds(20));
    ScrubFigures before = first.figures();
    assertTrue(before.running() && before.position() > 0.2, before::toString);
    Scrub second = open();
    assertTrue(before.position() - second.figures().position() < 0.3);
    assertTrue(second.figures().position() > 0);
    run(second, Duration.ofDays(1));
    assertEquals(BLOCKS, second.figures().complete().blocks());
    assertTrue(second.throttle().spentBytes() < TOTAL, "nothing was begun again");
  }

  @Test
  void aClockThatWasPutBackDoesNotStopIt() throws Exception {
    passed = Duration.ofDays(1000);
    Scrub scrub = open();
    run(scrub, Duration.ofDays(1001));
    passed = Duration.ofDays(1);
    Scrub later = open();
    run(later, Duration.ofDays(2));
    assertEquals(2 * TOTAL, scrub.throttle().spentBytes() + later.throttle().spentBytes());
  }

  @Test
  void aStoreWithoutBlocksIsReadAtOnce() throws Exception {
    MemoryBlockStore empty =
        new MemoryBlockStore(Key256.of(new byte[Key256.BYTES]), Long.MAX_VALUE);
    Scrub scrub = new Scrub(empty, SETTINGS, () -> Instant.EPOCH.plusSeconds(1), this::nanos);
    assertNull(scrub.figures().lastComplete());
    scrub.work();
    assertEquals(0, scrub.figures().complete().blocks());
    assertFalse(scrub.figures().running());
  }
}
