package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.node.testing.ChildJvm;
import io.cairnfs.protocol.block.Block;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * Puts blocks until it is killed, and prints the seeds of those that were acknowledged. Small puts
 * use the log, large ones the flush, several at a time.
 */
final class CrashingPutter {

  static final int THREADS = 4;
  static final int SEEDS_PER_THREAD = 1_000_000;

  private CrashingPutter() {}

  public static void main(String[] arguments) throws IOException {
    ChildJvm.endWithParent();
    Path directory = Path.of(arguments[0]);
    long run = Long.parseLong(arguments[1]);
    RocksDatabase database =
        RocksDatabase.open(directory.resolve("db"), Columns.ALL, RocksSettings.MODERATE);
    RocksBlockStore store =
        RocksBlockStore.open(
            database, TestBlocks.segments(directory), StoreSettings.DEFAULT.withReserve(0));
    PrintStream acknowledged = System.out;
    for (int thread = 0; thread < THREADS; thread++) {
      long first = (run * THREADS + thread) * SEEDS_PER_THREAD;
      Thread.ofPlatform().start(() -> putForEver(store, first, acknowledged));
    }
  }

  private static void putForEver(BlockStore store, long first, PrintStream acknowledged) {
    Random random = new Random(first);
    try {
      for (long seed = first; ; seed += 4) {
        int count = 1 + random.nextInt(4);
        List<Block> blocks = TestBlocks.random(seed, count, sizeOf(seed));
        store.put(blocks, new PutOptions(false, false, 3));
        synchronized (acknowledged) {
          for (int i = 0; i < count; i++) {
            acknowledged.println(seed + i + " " + sizeOf(seed));
          }
          acknowledged.flush();
        }
      }
    } catch (StoreException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of one batch, which begins at a seed: small or large. */
  private static int sizeOf(long seed) {
    Random random = new Random(seed * 31);
    return random.nextInt(3) == 0
        ? (512 << 10) + random.nextInt(100_000)
        : 1 + random.nextInt(20_000);
  }
}
