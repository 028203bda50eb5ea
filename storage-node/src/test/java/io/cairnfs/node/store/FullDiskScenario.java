package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.node.store.StoreException.Reason;
import io.cairnfs.node.testing.ChildJvm;
import io.cairnfs.protocol.block.Block;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Fills a small file system with blocks, makes room again and goes on. Runs in a process of its
 * own, in a mount namespace of its own; its exit status is the verdict.
 */
final class FullDiskScenario {

  private static final int MIB = 1 << 20;
  private static final int FILLER_BYTES = 48 * MIB;
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private final List<Block> acknowledged = new ArrayList<>();
  private long nextSeed;

  private FullDiskScenario() {}

  public static void main(String[] arguments) throws Exception {
    ChildJvm.endWithParent();
    Path disk = Path.of(arguments[0]);
    long reserveBytes = Long.parseLong(arguments[1]);
    int segmentMinBytes = Integer.parseInt(arguments[2]);
    new FullDiskScenario()
        .run(
            disk,
            StoreSettings.DEFAULT
                .withReserve(reserveBytes)
                .withSegments(segmentMinBytes, 16 * MIB));
    Runtime.getRuntime().halt(0);
  }

  private void run(Path disk, StoreSettings settings) throws Exception {
    Path filler =
        Files.write(disk.resolve("filler"), new byte[FILLER_BYTES], StandardOpenOption.CREATE);
    try (RocksDatabase database =
            RocksDatabase.open(disk.resolve("db"), Columns.ALL, RocksSettings.MODERATE);
        RocksBlockStore store =
            RocksBlockStore.open(database, TestBlocks.segments(disk), settings)) {
      fill(store);
      // With the log, a flush in the background may have made some room again by now.
      check(settings.segmentMinBytes() > 1 || !store.figures().writable(), "a full store says so");
      readAll(store);
      Files.delete(filler);
      awaitRoom(store);
      check(store.figures().writable(), "a store with room says so");
      readAll(store);
    }
    try (RocksDatabase database =
            RocksDatabase.open(disk.resolve("db"), Columns.ALL, RocksSettings.MODERATE);
        RocksBlockStore store =
            RocksBlockStore.open(database, TestBlocks.segments(disk), settings)) {
      readAll(store);
    }
  }

  private void fill(BlockStore store) throws IOException, InterruptedException {
    try {
      while (true) {
        putOne(store);
      }
    } catch (StoreException e) {
      check(e.reason() == Reason.NO_SPACE, "a full disk is reported as one, not as " + e);
    }
    check(acknowledged.size() >= 4, "some blocks were stored before it was full");
  }

  private void awaitRoom(BlockStore store) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      try {
        putOne(store);
        return;
      } catch (StoreException e) {
        check(e.reason() == Reason.NO_SPACE, "it recovers without another failure: " + e);
        check(System.nanoTime() < deadline, "it recovers in time");
        Thread.sleep(200);
      }
    }
  }

  private void putOne(BlockStore store) throws IOException, InterruptedException {
    Block block = TestBlocks.random(nextSeed++, MIB);
    store.put(List.of(block), PutOptions.VERIFIED);
    acknowledged.add(block);
  }

  private void readAll(BlockStore store) throws IOException, InterruptedException {
    for (Block block : acknowledged) {
      check(
          Arrays.equals(block.bytes(), store.get(block.cid().key())),
          "acknowledged blocks are there");
    }
  }

  private static void check(boolean condition, String what) throws IOException {
    if (!condition) {
      throw new IOException("not so: " + what);
    }
  }
}
