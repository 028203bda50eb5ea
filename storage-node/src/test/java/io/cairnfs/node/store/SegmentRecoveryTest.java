package io.cairnfs.node.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.store.segment.RecordHeader;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.identity.Key256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a start finds in the segments that the index does not know. */
final class SegmentRecoveryTest {

  private static final int BODY = 100_000;
  private static final long RECORD = RecordHeader.recordBytes(BODY);
  private static final StoreSettings SETTINGS =
      StoreSettings.DEFAULT.withReserve(0).withSegments(BODY, 4 * RECORD);

  @TempDir Path directory;

  private StoreFixture fixture;

  @BeforeEach
  void open() throws IOException {
    fixture = new StoreFixture(directory, SETTINGS);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private RocksBlockStore store() {
    return fixture.store();
  }

  private static List<Key256> digests(List<Block> blocks) {
    return blocks.stream().map(block -> block.cid().key()).toList();
  }

  private void requireReadable(List<Block> blocks) throws Exception {
    for (Block block : blocks) {
      assertArrayEquals(block.bytes(), store().get(block.cid().key()));
      assertArrayEquals(
          new byte[] {block.bytes()[70_000]}, store().get(block.cid().key(), 70_000, 1));
    }
    assertEquals(blocks.size(), store().have(digests(blocks)).cardinality());
  }

  @Test
  void whatTheIndexLostIsEnteredAgain() throws Exception {
    Block small = TestBlocks.random(900, 10);
    store().put(List.of(small), PutOptions.VERIFIED);
    fixture.saveIndex();
    List<Block> blocks = TestBlocks.random(1, 11, BODY);
    for (Block block : blocks.subList(0, 5)) {
      store().put(List.of(block), new PutOptions(true, false, 2));
    }
    store().put(blocks.subList(5, 8), PutOptions.VERIFIED);
    store().put(blocks.subList(8, 11), new PutOptions(true, false, 3));
    ArrivalPage arrivals = store().arrivals(0, 100);
    StoreFigures figures = store().figures();

    fixture.closeAndLoseIndex();
    fixture.open();

    requireReadable(blocks);
    assertEquals(arrivals, store().arrivals(0, 100), "others have seen these numbers");
    assertEquals(arrivals.through(), store().lastArrival());
    assertEquals(figures.blocks(), store().figures().blocks());
    assertEquals(figures.bytes(), store().figures().bytes());
    assertEquals(0, store().put(blocks, PutOptions.VERIFIED));
    Block next = TestBlocks.random(950, BODY);
    store().put(List.of(next), PutOptions.VERIFIED);
    assertEquals(arrivals.through() + 1, store().lastArrival());
    fixture.reopen();
    requireReadable(blocks);
    requireReadable(List.of(next));
  }

  /** Of three puts with 1, 2 and 1 records in one segment. */
  @ParameterizedTest
  @CsvSource({
    "0, 0", // no header
    "100, 0", // a part of a header
    "4096, 0", // no body
    "60000, 0", // a part of a body
    "106495, 1", // a part of the zeros at the end, which nobody misses
    "106496, 1",
    "106596, 1", // a part of the next header
    "212992, 1", // the first of two records
    "300000, 1",
    "319488, 3",
    "425983, 4",
    "425984, 4"
  })
  void onlyWholePutsAreEntered(long cut, int entered) throws Exception {
    assertEquals(106_496, RECORD);
    fixture.saveIndex();
    List<Block> blocks = TestBlocks.random(1, 4, BODY);
    store().put(blocks.subList(0, 1), PutOptions.VERIFIED);
    store().put(blocks.subList(1, 3), PutOptions.VERIFIED);
    store().put(blocks.subList(3, 4), PutOptions.VERIFIED);
    fixture.closeAndLoseIndex();
    StoreFixture.truncate(fixture.segments().getFirst(), cut);
    fixture.open();

    requireReadable(blocks.subList(0, entered));
    BitSet expected = new BitSet();
    expected.set(0, entered);
    assertEquals(expected, store().have(digests(blocks)));
    assertEquals(entered, store().figures().blocks());

    assertEquals(4 - entered, store().put(blocks, PutOptions.VERIFIED));
    requireReadable(blocks);
    fixture.reopen();
    requireReadable(blocks);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 20, 50, 63, 64, 4096, 60_000, 4095 + BODY})
  void aDamagedRecordEndsTheLog(long offset) throws Exception {
    fixture.saveIndex();
    List<Block> blocks = TestBlocks.random(1, 3, BODY);
    for (Block block : blocks) {
      store().put(List.of(block), PutOptions.VERIFIED);
    }
    fixture.closeAndLoseIndex();
    StoreFixture.flip(fixture.segments().getFirst(), RECORD + offset);
    fixture.open();
    assertEquals("{0}", store().have(digests(blocks)).toString());
  }

  @Test
  void whatFollowedATornRecordDoesNotComeBackLater() throws Exception {
    fixture.saveIndex();
    List<Block> blocks = TestBlocks.random(1, 3, BODY);
    for (Block block : blocks) {
      store().put(List.of(block), PutOptions.VERIFIED);
    }
    fixture.closeAndLoseIndex();
    StoreFixture.flip(fixture.segments().getFirst(), 5000);
    fixture.open();
    assertTrue(store().have(digests(blocks)).isEmpty());
    fixture.saveIndex();
    // It takes the place of the torn one, and ends where an old one began.
    Block other = TestBlocks.random(50, BODY);
    store().put(List.of(other), PutOptions.VERIFIED);
    fixture.closeAndLoseIndex();
    fixture.open();
    requireReadable(List.of(other));
    assertTrue(store().have(digests(blocks)).isEmpty());
  }

  @Test
  void aPutOfSmallAndLargeBlocksIsThereAsAWhole() throws Exception {
    List<Block> mixed = new ArrayList<>(TestBlocks.random(1, 2, BODY));
    mixed.add(TestBlocks.random(10, 100));
    fixture.saveIndex();
    store().put(mixed, PutOptions.VERIFIED);
    fixture.closeAndLoseIndex();
    fixture.open();
    assertTrue(store().have(digests(mixed)).isEmpty());
    store().put(mixed, PutOptions.VERIFIED);
    fixture.reopen();
    assertEquals(3, store().have(digests(mixed)).cardinality());
    requireReadable(mixed.subList(0, 2));
  }

  @Test
  void aHealedBlockStaysHealed() throws Exception {
    Block block = TestBlocks.random(1, BODY);
    store().put(List.of(block), PutOptions.VERIFIED);
    fixture.close();
    StoreFixture.flip(fixture.segments().getFirst(), 5000);
    fixture.open();
    BlockStoreContract.assertReason(
        StoreException.Reason.CORRUPT, () -> store().get(block.cid().key()));
    ArrivalPage arrivals = store().arrivals(0, 10);
    fixture.saveIndex();
    assertEquals(1, store().figures().quarantined());
    store().put(List.of(block), PutOptions.VERIFIED);
    fixture.closeAndLoseIndex();
    fixture.open();
    requireReadable(List.of(block));
    assertEquals(0, store().figures().quarantined());
    assertEquals(arrivals, store().arrivals(0, 10));
  }

  @Test
  void deletedBlocksStayDeleted() throws Exception {
    List<Block> blocks = TestBlocks.random(1, 6, BODY);
    for (Block block : blocks) {
      store().put(List.of(block), PutOptions.VERIFIED);
    }
    assertTrue(store().delete(blocks.get(5).cid().key()));
    fixture.reopen();
    assertEquals("{0, 1, 2, 3, 4}", store().have(digests(blocks)).toString());
    fixture.saveIndex();
    fixture.closeAndLoseIndex();
    fixture.open();
    assertEquals("{0, 1, 2, 3, 4}", store().have(digests(blocks)).toString());
  }

  @Test
  void aDeadSegmentIsRemoved() throws Exception {
    List<Block> blocks = TestBlocks.random(1, 9, BODY);
    for (Block block : blocks) {
      store().put(List.of(block), PutOptions.VERIFIED);
    }
    assertEquals(3, fixture.settledSegments().size());
    for (Block block : blocks.subList(4, 8)) {
      store().delete(block.cid().key());
    }
    assertEquals(2, fixture.settledSegments().size());
    store().delete(blocks.get(8).cid().key());
    assertEquals(2, fixture.settledSegments().size(), "the last one is still written to");
    for (Block block : TestBlocks.random(100, 3, BODY)) {
      store().put(List.of(block), PutOptions.VERIFIED);
      store().delete(block.cid().key());
    }
    fixture.reopen();
    requireReadable(blocks.subList(0, 4));
    Block next = TestBlocks.random(200, BODY);
    store().put(List.of(next), PutOptions.VERIFIED);
    assertEquals(2, fixture.settledSegments().size(), "the full one went when another was begun");
    requireReadable(List.of(next));
  }

  @Test
  void aFileThatNobodyNeedsIsRemoved() throws Exception {
    for (Block block : TestBlocks.random(1, 6, BODY)) {
      store().put(List.of(block), PutOptions.VERIFIED);
    }
    Path dead = fixture.segments().getFirst();
    for (Block block : TestBlocks.random(1, 4, BODY)) {
      store().delete(block.cid().key());
    }
    fixture.close();
    Files.write(dead, new byte[5000], StandardOpenOption.CREATE_NEW);
    fixture.open();
    assertEquals(1, fixture.segments().size());
    requireReadable(TestBlocks.random(5, 2, BODY));
  }
}
