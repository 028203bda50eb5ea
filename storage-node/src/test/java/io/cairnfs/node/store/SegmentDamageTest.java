package io.cairnfs.node.store;

import static io.cairnfs.node.store.BlockStoreContract.assertReason;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.store.StoreException.Reason;
import io.cairnfs.node.store.segment.ChunkSums;
import io.cairnfs.node.store.segment.RecordHeader;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.identity.Key256;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Segments that are not what the index says of them. */
final class SegmentDamageTest {

  private static final int BODY = 5 * ChunkSums.CHUNK_BYTES + 100;
  private static final long RECORD = RecordHeader.recordBytes(BODY);

  @TempDir Path directory;

  private StoreFixture fixture;
  private final List<Block> blocks = TestBlocks.random(1, 3, BODY);

  /** One block in each segment. */
  @BeforeEach
  void open() throws Exception {
    fixture =
        new StoreFixture(
            directory, StoreSettings.DEFAULT.withReserve(0).withSegments(BODY, RECORD));
    for (Block block : blocks) {
      fixture.store().put(List.of(block), PutOptions.VERIFIED);
    }
    fixture.close();
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Key256 digest(int block) {
    return blocks.get(block).cid().key();
  }

  private void requireLost(int lost) throws Exception {
    RocksBlockStore store = fixture.store();
    assertReason(Reason.CORRUPT, () -> store.get(digest(lost)));
    assertReason(Reason.CORRUPT, () -> store.get(digest(lost), 0, 10));
    assertEquals(List.of(digest(lost)), store.quarantined(10));
    assertTrue(store.have(List.of(digest(lost))).isEmpty());
    for (int other = 0; other < blocks.size(); other++) {
      if (other != lost) {
        assertArrayEquals(blocks.get(other).bytes(), store.get(digest(other)));
      }
    }
    assertEquals(0, store.put(List.of(blocks.get(lost)), PutOptions.VERIFIED));
    assertArrayEquals(blocks.get(lost).bytes(), store.get(digest(lost)), "put again, it is healed");
    assertEquals(List.of(), store.quarantined(10));
    fixture.reopen();
    assertArrayEquals(blocks.get(lost).bytes(), fixture.store().get(digest(lost)));
  }

  @Test
  void aSegmentIsMissing() throws Exception {
    Files.delete(fixture.segments().get(1));
    fixture.open();
    requireLost(1);
  }

  @Test
  void theLastSegmentIsMissing() throws Exception {
    Files.delete(fixture.segments().get(2));
    fixture.open();
    requireLost(2);
  }

  @Test
  void aSegmentIsShort() throws Exception {
    StoreFixture.truncate(fixture.segments().get(1), RECORD - 4096);
    fixture.open();
    requireLost(1);
  }

  @Test
  void theLastSegmentIsShort() throws Exception {
    StoreFixture.truncate(fixture.segments().get(2), 4096);
    fixture.open();
    requireLost(2);
  }

  @Test
  void aByteIsFlipped() throws Exception {
    StoreFixture.flip(fixture.segments().get(1), 4096 + BODY - 1);
    fixture.open();
    requireLost(1);
  }

  @Test
  void aRangeIsCheckedWhereItIsRead() throws Exception {
    int chunk = ChunkSums.CHUNK_BYTES;
    StoreFixture.flip(fixture.segments().get(1), 4096 + 3 * chunk);
    fixture.open();
    RocksBlockStore store = fixture.store();
    byte[] body = blocks.get(1).bytes();
    assertArrayEquals(Arrays.copyOf(body, 3 * chunk), store.get(digest(1), 0, 3 * chunk));
    assertArrayEquals(
        Arrays.copyOfRange(body, 4 * chunk, BODY), store.get(digest(1), 4 * chunk, BODY));
    assertReason(Reason.CORRUPT, () -> store.get(digest(1), 4 * chunk - 1, 1));
    assertEquals(List.of(digest(1)), store.quarantined(10));
    assertReason(Reason.CORRUPT, () -> store.get(digest(1), 0, 1));
  }

  /** A directory in its place fails every read. */
  @Test
  void aSegmentThatCannotBeReadFailsAndIsNotTakenForDamaged() throws Exception {
    Path file = fixture.segments().get(1);
    Path aside = directory.resolve("aside");
    Files.move(file, aside);
    Files.createDirectory(file);
    fixture.open();
    RocksBlockStore store = fixture.store();
    assertReason(Reason.FAILED, () -> store.get(digest(1)));
    assertReason(Reason.FAILED, () -> store.get(digest(1), 0, 1));
    assertEquals(List.of(), store.quarantined(10));
    assertArrayEquals(blocks.get(0).bytes(), store.get(digest(0)));
    fixture.close();
    Files.delete(file);
    Files.move(aside, file);
    fixture.open();
    assertArrayEquals(blocks.get(1).bytes(), fixture.store().get(digest(1)));
  }

  /** Nothing can be written, and then it can. */
  @Test
  void putsFailWhileNoSegmentCanBeMade() throws Exception {
    fixture.open();
    Path segments = TestBlocks.segments(directory);
    Path aside = directory.resolve("aside");
    Files.move(segments, aside);
    Block block = TestBlocks.random(10, BODY);
    RocksBlockStore store = fixture.store();
    assertReason(Reason.FAILED, () -> store.put(List.of(block), PutOptions.VERIFIED));
    assertTrue(store.have(List.of(block.cid().key())).isEmpty());
    assertTrue(!store.figures().writable());
    Files.move(aside, segments);
    assertEquals(1, store.put(List.of(block), PutOptions.VERIFIED));
    assertArrayEquals(block.bytes(), store.get(block.cid().key()));
    fixture.reopen();
    assertArrayEquals(block.bytes(), fixture.store().get(block.cid().key()));
  }
}
