package io.cairnfs.node.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.node.testing.ChildJvm;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.identity.Key256;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that stores blocks, and looks for what it had acknowledged. */
final class CrashTest {

  private static final int CRASHES = 3;

  @TempDir Path directory;

  @Test
  void whatWasAcknowledgedSurvivesTheProcess() throws Exception {
    long seed = System.nanoTime();
    System.err.println("seed " + seed);
    Random random = new Random(seed);
    Map<Long, Integer> acknowledged = new LinkedHashMap<>();
    for (int run = 0; run < CRASHES; run++) {
      Map<Long, Integer> fresh = putUntilKilled(run, 50 + random.nextInt(150));
      assertTrue(fresh.size() >= 50, "it acknowledged something");
      acknowledged.putAll(fresh);
      check(acknowledged);
    }
  }

  private Map<Long, Integer> putUntilKilled(int run, int acknowledgements)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                ChildJvm.command(
                    CrashingPutter.class, List.of(directory.toString(), Integer.toString(run))))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Map<Long, Integer> acknowledged = new LinkedHashMap<>();
    try (BufferedReader reader = process.inputReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String[] words = line.split(" ", -1);
        if (words.length == 2 && !words[1].isEmpty()) {
          acknowledged.put(Long.parseLong(words[0]), Integer.parseInt(words[1]));
        }
        if (acknowledged.size() == acknowledgements) {
          // Unlike the process, its handle leaves the pipe open: what was acknowledged just before
          // still counts.
          process.toHandle().destroyForcibly();
        }
      }
    } finally {
      process.destroyForcibly();
    }
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    return acknowledged;
  }

  private void check(Map<Long, Integer> acknowledged) throws Exception {
    try (RocksDatabase database =
            RocksDatabase.open(directory.resolve("db"), Columns.ALL, RocksSettings.MODERATE);
        RocksBlockStore store =
            RocksBlockStore.open(
                database, TestBlocks.segments(directory), StoreSettings.DEFAULT.withReserve(0))) {
      for (Map.Entry<Long, Integer> put : acknowledged.entrySet()) {
        Block block = TestBlocks.random(put.getKey(), put.getValue());
        assertArrayEquals(
            block.bytes(), store.get(block.cid().key()), "block of seed " + put.getKey());
      }
      checkIndex(store);
    }
  }

  /**
   * Whatever the store claims to have, acknowledged or not, is there; and its figures agree with
   * its log.
   */
  private static void checkIndex(BlockStore store) throws StoreException, InterruptedException {
    long count = 0;
    long bytes = 0;
    ArrivalPage page = store.arrivals(0, 1000);
    while (!page.arrivals().isEmpty()) {
      for (Arrival arrival : page.arrivals()) {
        Key256 digest = arrival.digest();
        assertTrue(store.have(List.of(digest)).get(0));
        assertEquals(arrival.sizeBytes(), store.get(digest).length);
        count++;
        bytes += arrival.sizeBytes();
      }
      page = store.arrivals(page.through(), 1000);
    }
    assertEquals(count, store.figures().blocks());
    assertEquals(bytes, store.figures().bytes());
  }
}
