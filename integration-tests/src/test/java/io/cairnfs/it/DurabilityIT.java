package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.it.DurabilityNode.Work;
import io.cairnfs.it.LossyDisk.Rules;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a node acknowledged is on its disk: its storage runs on a disk that loses what was not
 * synced, and loses nothing. And so that this means something: without any one of its syncs it
 * does.
 */
@Timeout(300)
@Execution(ExecutionMode.CONCURRENT)
final class DurabilityIT {

  private static final int CUTS = 2;
  private static final int EXTENDED_CUTS = 8;
  private static final int EXTENDED_SEEDS = 30;

  /** A bound for what the first cut shows in almost every case. */
  private static final int CUTS_UNTIL_LOSS = 4;

  /** Fewer than there are. */
  private static final int CHANGES_OF_A_START = 40;

  /** What the storage syncs, all of it, and under which rules it has to. */
  enum Synced {
    LOG("/data/db/[0-9]+\\.log", Rules.JOURNALED),
    TABLE("/data/db/[0-9]+\\.sst", Rules.JOURNALED),
    BLOB_FILE("/data/db/[0-9]+\\.blob", Rules.JOURNALED),
    SEGMENT("/data/segments/[0-9]+\\.segment", Rules.JOURNALED),
    /** The sync of a new segment commits its name in a journal. */
    SEGMENT_DIRECTORY("/data/segments/", Rules.POSIX),
    MANIFEST("/data/db/MANIFEST-[0-9]+", Rules.JOURNALED),
    /** Written beside its place, then renamed; also IDENTITY, which nothing reads. */
    CURRENT("/data/db/[0-9]+\\.dbtmp", Rules.JOURNALED),
    DATABASE_DIRECTORY("/data/db/", Rules.JOURNALED),
    /** Written beside its place, then renamed. */
    FORMAT("/data/format\\.tmp", Rules.JOURNALED),
    /** Written under a name of its own, then linked. */
    IDENTITY("/data/\\.secret[0-9]+\\.tmp", Rules.JOURNALED),
    DATA_DIRECTORY("/data/", Rules.JOURNALED),
    /** Its entry is made by mkdir alone, which a journal commits with what comes later. */
    PARENT_DIRECTORY("/", Rules.POSIX),
    /** RocksDB notes its options for people and tools; Cairn opens it with its own. */
    OPTIONS("/data/db/OPTIONS-[0-9]+\\.dbtmp", null);

    private final String regex;
    private final @Nullable Rules neededUnder;

    Synced(String regex, @Nullable Rules neededUnder) {
      this.regex = regex;
      this.neededUnder = neededUnder;
    }

    boolean matches(String path) {
      return path.matches(regex);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void whatWasAcknowledgedIsThere(long seed) throws Exception {
    requireDurable(seed, CUTS);
  }

  @Test
  @Tag("extended")
  @Timeout(3600)
  void whatWasAcknowledgedIsThereWithManySeeds() throws Exception {
    for (long seed = 100; seed < 100 + EXTENDED_SEEDS; seed++) {
      requireDurable(seed, EXTENDED_CUTS);
    }
  }

  private static void requireDurable(long seed, int cuts) throws Exception {
    System.err.println("seed " + seed);
    LossyDisk disk = new LossyDisk(Rules.POSIX, path -> false);
    DurabilityTrial trial = new DurabilityTrial(disk, Work.BLOCKS_AND_COMMITS, seed, seed % 2 == 0);
    assertEquals(List.of(), trial.run(cuts), "seed " + seed);
    assertTrue(trial.acknowledged() > 0);
    assertEquals(List.of(), strangers(disk), "syncs that the tests below do not take out");
  }

  private static List<String> strangers(LossyDisk disk) {
    return disk.syncedPaths().stream()
        .filter(path -> Arrays.stream(Synced.values()).noneMatch(kind -> kind.matches(path)))
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void withoutOneKindOfSyncSomethingIsLost(Synced kind) throws Exception {
    Rules rules = kind.neededUnder;
    boolean needed = rules != null;
    LossyDisk disk = new LossyDisk(rules != null ? rules : Rules.POSIX, kind::matches);
    DurabilityTrial trial = new DurabilityTrial(disk, Work.BLOCKS_AND_COMMITS, 3, false);
    List<String> lost = trial.run(needed ? CUTS_UNTIL_LOSS : 1);
    lost.stream().findFirst().ifPresent(first -> System.err.println(kind + ": " + first));
    assertTrue(disk.ignoredSyncs() > 0, "no such sync came");
    assertEquals(needed, !lost.isEmpty(), () -> kind + ": " + lost);
  }

  /** Nothing was acknowledged, and still the node has to start again. */
  @ParameterizedTest
  @ValueSource(longs = 5)
  void aFirstStartMayBeCut(long seed) throws Exception {
    System.err.println("seed " + seed);
    cutFirstStart(new Random(seed).nextInt(CHANGES_OF_A_START));
  }

  @Test
  @Tag("extended")
  @Timeout(3600)
  void aFirstStartMayBeCutAnywhere() throws Exception {
    int changes = 0;
    while (!cutFirstStart(changes)) {
      changes++;
    }
    assertTrue(changes > CHANGES_OF_A_START, "it ended after " + changes);
  }

  private static boolean cutFirstStart(int changes) throws Exception {
    LossyDisk disk = new LossyDisk(Rules.POSIX, path -> false);
    DurabilityTrial trial = new DurabilityTrial(disk, Work.NOTHING, changes, false);
    boolean over = trial.cutStart(changes);
    assertEquals(List.of(), trial.problems(), "cut after " + changes + " changes");
    return over;
  }

  /** Nothing else syncs the index, so that each start has to look into the segments. */
  @Test
  void largeBlocksAreDurableAlone() throws Exception {
    LossyDisk disk = new LossyDisk(Rules.POSIX, path -> false);
    assertEquals(List.of(), new DurabilityTrial(disk, Work.LARGE_BLOCKS, 7, true).run(CUTS));
    LossyDisk unsynced = new LossyDisk(Rules.POSIX, Synced.SEGMENT::matches);
    assertFalse(new DurabilityTrial(unsynced, Work.LARGE_BLOCKS, 7, true).run(CUTS).isEmpty());
  }

  @Test
  void commitsAreDurableAlone() throws Exception {
    LossyDisk disk = new LossyDisk(Rules.POSIX, path -> false);
    assertEquals(List.of(), new DurabilityTrial(disk, Work.COMMITS, 4, false).run(1));
  }

  @Test
  void aJournalThatForgetsToSyncLosesCommits() throws Exception {
    LossyDisk disk = new LossyDisk(Rules.JOURNALED, path -> false);
    List<String> lost = new DurabilityTrial(disk, Work.UNSYNCED_COMMITS, 4, false).run(2);
    assertFalse(lost.isEmpty());
  }
}
