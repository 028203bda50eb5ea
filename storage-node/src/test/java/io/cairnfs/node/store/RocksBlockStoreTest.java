package io.cairnfs.node.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.node.store.StoreException.Reason;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.identity.Key256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RocksBlockStoreTest extends BlockStoreContract {

  private static final StoreSettings SETTINGS =
      StoreSettings.DEFAULT.withCapacity(CAPACITY_BYTES).withReserve(0);

  @TempDir Path directory;

  private RocksDatabase database;
  private RocksBlockStore store;

  @BeforeEach
  void open() throws IOException {
    open(SETTINGS);
  }

  private void open(StoreSettings settings) throws IOException {
    database = RocksDatabase.open(directory.resolve("db"), Columns.ALL, RocksSettings.MODERATE);
    store = RocksBlockStore.open(database, TestBlocks.segments(directory), settings);
  }

  @AfterEach
  void close() {
    store.close();
    database.close();
  }

  private void reopen(StoreSettings settings) throws IOException {
    close();
    open(settings);
  }

  @Override
  BlockStore store() {
    return store;
  }

  @Test
  void keepsEverythingAcrossRestarts() throws Exception {
    List<Block> small = TestBlocks.random(1, 10, 500);
    List<Block> large = TestBlocks.random(100, 5, 1 << 20);
    store.put(small, new PutOptions(true, true, 3));
    store.put(large, PutOptions.VERIFIED);
    StoreFigures before = store.figures();
    Key256 epoch = store.epoch();
    long lastArrival = store.lastArrival();

    reopen(SETTINGS);

    assertEquals(before.blocks(), store.figures().blocks());
    assertEquals(before.bytes(), store.figures().bytes());
    assertEquals(epoch, store.epoch());
    assertEquals(lastArrival, store.lastArrival());
    assertEquals(10, store.pins(null, 100).size());
    for (Block block : large) {
      assertArrayEquals(block.bytes(), store.get(block.cid().key()));
    }
    assertEquals(3, stat(small.get(0)).replication());
  }

  @Test
  void concurrentPutsOfTheSameAndOfOtherBlocksAllSucceed() throws Exception {
    reopen(SETTINGS);
    List<Block> blocks = TestBlocks.random(1, 64, 20_000);
    List<Callable<Integer>> puts = new ArrayList<>();
    for (int caller = 0; caller < 8; caller++) {
      int first = caller * 4;
      for (int i = 0; i < 16; i++) {
        List<Block> few = blocks.subList((first + i * 4) % 60, (first + i * 4) % 60 + 4);
        puts.add(() -> store.put(few, PutOptions.VERIFIED));
      }
    }
    int stored = 0;
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> put : callers.invokeAll(puts)) {
        stored += put.get();
      }
    }
    assertEquals(store.figures().blocks(), stored, "each block was new to exactly one caller");
    assertEquals(
        stored, store.have(blocks.stream().map(block -> block.cid().key()).toList()).cardinality());
  }

  @Test
  void quarantinesABodyDamagedOnDiskAndServesTheOthers() throws Exception {
    List<Block> blocks = TestBlocks.random(1, 4, 1 << 20);
    store.put(blocks, PutOptions.VERIFIED);
    Block victim = blocks.get(2);
    flipByteOf(victim);

    assertReason(Reason.CORRUPT, () -> store.get(victim.cid().key()));
    assertReason(Reason.CORRUPT, () -> store.get(victim.cid().key()));
    assertEquals(1, store.figures().quarantined());
    assertEquals(List.of(victim.cid().key()), store.quarantined(10));
    assertTrue(stat(victim).quarantined());
    assertTrue(store.have(List.of(victim.cid().key())).isEmpty());
    for (Block block : List.of(blocks.get(0), blocks.get(1), blocks.get(3))) {
      assertArrayEquals(block.bytes(), store.get(block.cid().key()));
    }

    reopen(SETTINGS);
    assertEquals(1, store.figures().quarantined(), "it is remembered");
    store.put(List.of(victim), PutOptions.VERIFIED);
    assertArrayEquals(victim.bytes(), store.get(victim.cid().key()));
    assertEquals(0, store.figures().quarantined(), "putting it again heals it");
    assertFalse(stat(victim).quarantined());
    assertEquals(List.of(), store.quarantined(10));
  }

  /** Changes one byte in the middle of a block's body, in the segment that holds it. */
  private void flipByteOf(Block block) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("segments"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".segment")).toList()) {
        int at = indexOf(Files.readAllBytes(file), block.bytes());
        if (at >= 0) {
          int middle = block.bytes().length / 2;
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            byte flipped = (byte) (block.bytes()[middle] ^ 1);
            channel.write(ByteBuffer.wrap(new byte[] {flipped}), at + middle);
          }
          return;
        }
      }
    }
    throw new AssertionError("no segment holds " + block);
  }

  private static int indexOf(byte[] where, byte[] what) {
    for (int i = 0; i + what.length <= where.length; i++) {
      if (Arrays.equals(where, i, i + what.length, what, 0, what.length)) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void givesTheSpaceOfDeletedBlocksBack(@TempDir Path other) throws Exception {
    StoreSettings settings = StoreSettings.DEFAULT.withReserve(0).withSegments(64 << 10, 4 << 20);
    try (StoreFixture fixture = new StoreFixture(other, settings)) {
      List<Block> large = TestBlocks.random(1, 40, 200_000);
      List<Block> small = TestBlocks.random(1000, 800, 50_000);
      fixture.store().put(large, PutOptions.VERIFIED);
      for (Block block : small) {
        fixture.store().put(List.of(block), PutOptions.VERIFIED);
      }
      long before = bytes(other);
      for (List<Block> blocks : List.of(large, small)) {
        for (int i = 0; i < blocks.size(); i++) {
          if (i % 8 != 0) {
            fixture.store().delete(blocks.get(i).cid().key());
          }
        }
      }
      while (fixture.store().compact() >= 0) {
        // until nothing is worth it
      }
      fixture.reopen();
      for (int i = 0; i < 800; i += 8) {
        if (i < 40) {
          assertArrayEquals(large.get(i).bytes(), fixture.store().get(large.get(i).cid().key()));
        }
        assertArrayEquals(small.get(i).bytes(), fixture.store().get(small.get(i).cid().key()));
      }
      // The last segment is left, and RocksDB keeps a log or two.
      long after = bytes(other);
      assertTrue(after < before / 2, before + " bytes became " + after);
    }
  }

  private static long bytes(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> file.toString().matches(".*(segment|sst|blob)"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }
}
