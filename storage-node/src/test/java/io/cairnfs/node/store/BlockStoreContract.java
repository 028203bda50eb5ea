package io.cairnfs.node.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.store.StoreException.Reason;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Key256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every block store does. */
abstract class BlockStoreContract {

  /** The store under test, empty at first, with room for {@link #CAPACITY_BYTES}. */
  abstract BlockStore store();

  static final long CAPACITY_BYTES = 16 << 20;

  private static final VolumeId VOLUME = VolumeId.of(TestBlocks.random(1, 1).cid().key().toBytes());
  private static final VolumeId OTHER = VolumeId.of(TestBlocks.random(2, 1).cid().key().toBytes());

  @Test
  void givesBackWhatWasPut() throws Exception {
    List<Block> blocks = new ArrayList<>(TestBlocks.random(1, 5, 100));
    blocks.addAll(TestBlocks.random(100, 3, 10_000));
    blocks.add(TestBlocks.random(200, 0));
    blocks.add(TestBlocks.random(201, BlockLimits.MAX_ACCEPTED_BYTES));
    assertEquals(blocks.size(), store().put(blocks, PutOptions.VERIFIED));
    for (Block block : blocks) {
      assertArrayEquals(block.bytes(), store().get(block.cid().key()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 500, 70_000, (1 << 20) + 5})
  void givesRangesClippedAtTheEnd(int sizeBytes) throws Exception {
    Block block = TestBlocks.random(1, sizeBytes);
    store().put(List.of(block), PutOptions.VERIFIED);
    int[] bounds = {0, 1, 499, 65_535, 65_536, 65_537, 1 << 20, (1 << 20) + 6, Integer.MAX_VALUE};
    for (int offset : bounds) {
      for (int length : bounds) {
        int from = Math.min(offset, sizeBytes);
        int to = (int) Math.min((long) offset + length, sizeBytes);
        assertArrayEquals(
            Arrays.copyOfRange(block.bytes(), from, to),
            store().get(block.cid().key(), offset, length),
            length + " at " + offset);
      }
    }
  }

  @Test
  void refusesWhatIsNoRange() throws Exception {
    Block block = TestBlocks.random(1, 100);
    store().put(List.of(block), PutOptions.VERIFIED);
    Key256 digest = block.cid().key();
    assertThrows(IllegalArgumentException.class, () -> store().get(digest, -1, 5));
    assertThrows(IllegalArgumentException.class, () -> store().get(digest, 5, -1));
    assertReason(Reason.NOT_FOUND, () -> store().get(TestBlocks.random(2, 100).cid().key(), 0, 5));
  }

  @Test
  void scrubsEveryBlockOnceInTheOrderOfDigests() throws Exception {
    List<Block> blocks = new ArrayList<>(TestBlocks.random(1, 30, 1000));
    blocks.addAll(TestBlocks.random(100, 5, 100_000));
    store().put(blocks, PutOptions.VERIFIED);
    long bytes = 0;
    int count = 0;
    Key256 last = null;
    ScrubPage page = store().scrub(null, 4, 150_000);
    while (page.through() != null) {
      assertTrue(page.blocks() <= 4, page::toString);
      assertTrue(page.bytes() <= 150_000 + 100_000, page::toString);
      assertTrue(last == null || compare(last, page.through()) < 0);
      last = page.through();
      count += page.blocks();
      bytes += page.bytes();
      page = store().scrub(last, 4, 150_000);
    }
    assertEquals(35, count + page.blocks());
    assertEquals(530_000, bytes + page.bytes());
    assertEquals(0, store().figures().quarantined());
  }

  private static int compare(Key256 one, Key256 other) {
    return Arrays.compareUnsigned(one.toBytes(), other.toBytes());
  }

  @Test
  void reportsPresence() throws Exception {
    List<Block> blocks = TestBlocks.random(1, 20, 50);
    store().put(List.of(blocks.get(3), blocks.get(17)), PutOptions.VERIFIED);
    BitSet present = store().have(blocks.stream().map(block -> block.cid().key()).toList());
    assertEquals("{3, 17}", present.toString());
  }

  @Test
  void doesNotFindWhatWasNeverPut() throws Exception {
    Key256 absent = TestBlocks.random(1, 50).cid().key();
    assertReason(Reason.NOT_FOUND, () -> store().get(absent));
    assertNull(store().stat(absent));
    assertFalse(store().delete(absent));
    assertReason(Reason.NOT_FOUND, () -> store().pin(TestBlocks.random(1, 50).cid()));
  }

  @Test
  void puttingTwiceStoresOnce() throws Exception {
    Block block = TestBlocks.random(1, 5000);
    assertEquals(1, store().put(List.of(block, block), PutOptions.VERIFIED));
    assertEquals(0, store().put(List.of(block), PutOptions.VERIFIED));
    assertEquals(1, store().figures().blocks());
    assertEquals(5000, store().figures().bytes());
    assertEquals(1, store().arrivals(0, 10).arrivals().size());
  }

  @Test
  void sameBytesUnderAnotherCodecAreTheSameBlock() throws Exception {
    Block raw = TestBlocks.random(1, 5000);
    Block other = new Block(Cid.of(Codec.DAG_CBOR, raw.bytes()), raw.bytes());
    assertEquals(1, store().put(List.of(raw), PutOptions.VERIFIED));
    assertEquals(0, store().put(List.of(other), PutOptions.VERIFIED));
  }

  @Test
  void refusesBytesWithAnotherHash() throws Exception {
    Block right = TestBlocks.random(1, 100);
    Block wrong = new Block(TestBlocks.random(2, 100).cid(), new byte[100]);
    assertReason(Reason.WRONG_HASH, () -> store().put(List.of(right, wrong), PutOptions.VERIFIED));
    assertTrue(store().have(List.of(right.cid().key())).isEmpty(), "all or none");
  }

  @Test
  void refusesWhatIsTooLarge() {
    Block block = TestBlocks.random(1, BlockLimits.MAX_ACCEPTED_BYTES + 1);
    assertReason(Reason.REFUSED, () -> store().put(List.of(block), PutOptions.VERIFIED));
  }

  @Test
  void refusesToExceedItsCapacityAndStaysUsable() throws Exception {
    List<Block> half = TestBlocks.random(1, 9, 1 << 20);
    List<Block> otherHalf = TestBlocks.random(100, 9, 1 << 20);
    store().put(half, PutOptions.VERIFIED);
    assertReason(Reason.NO_SPACE, () -> store().put(otherHalf, PutOptions.VERIFIED));
    assertEquals(9, store().figures().blocks());
    assertArrayEquals(half.get(0).bytes(), store().get(half.get(0).cid().key()));
    store().put(half, PutOptions.VERIFIED);
    for (Block block : half) {
      assertTrue(store().delete(block.cid().key()));
    }
    assertEquals(9, store().put(otherHalf, PutOptions.VERIFIED));
    assertTrue(store().figures().writable());
  }

  @Test
  void deletes() throws Exception {
    Block block = TestBlocks.random(1, 5000);
    store().put(List.of(block), PutOptions.VERIFIED);
    assertTrue(store().delete(block.cid().key()));
    assertReason(Reason.NOT_FOUND, () -> store().get(block.cid().key()));
    assertTrue(store().have(List.of(block.cid().key())).isEmpty());
    assertEquals(0, store().figures().blocks());
    assertEquals(0, store().figures().bytes());
    assertEquals(List.of(), store().arrivals(0, 10).arrivals());
  }

  @Test
  void pinsHoldBlocks() throws Exception {
    Block block = TestBlocks.random(1, 5000);
    Cid other = Cid.of(Codec.DAG_CBOR, block.bytes());
    store().put(List.of(block), new PutOptions(true, true, 0));
    store().pin(other);
    assertReason(Reason.PINNED, () -> store().delete(block.cid().key()));
    store().unpin(block.cid());
    assertEquals(List.of(other), store().pins(null, 10));
    assertReason(Reason.PINNED, () -> store().delete(block.cid().key()));
    store().unpin(other);
    store().unpin(other);
    assertFalse(stat(block).pinned());
    assertTrue(store().delete(block.cid().key()));
  }

  @Test
  void listsPinsByPages() throws Exception {
    List<Block> blocks = TestBlocks.random(1, 7, 10);
    store().put(blocks, new PutOptions(true, true, 0));
    List<Cid> listed = new ArrayList<>(store().pins(null, 3));
    for (List<Cid> page = store().pins(listed.getLast(), 3);
        !page.isEmpty();
        page = store().pins(listed.getLast(), 3)) {
      listed.addAll(page);
    }
    assertEquals(7, listed.size());
    assertTrue(listed.containsAll(blocks.stream().map(Block::cid).toList()));
  }

  @Test
  void numbersArrivals() throws Exception {
    List<Block> blocks = TestBlocks.random(1, 5, 30);
    for (Block block : blocks) {
      store().put(List.of(block), new PutOptions(true, false, 2));
    }
    ArrivalPage first = store().arrivals(0, 3);
    assertTrue(first.more());
    assertEquals(3, first.arrivals().size());
    assertEquals(first.arrivals().getLast().sequence(), first.through());
    ArrivalPage rest = store().arrivals(first.through(), 3);
    assertFalse(rest.more());
    assertEquals(2, rest.arrivals().size());
    assertEquals(store().lastArrival(), rest.through());
    Arrival last = rest.arrivals().getLast();
    assertEquals(blocks.get(4).cid().key(), last.digest());
    assertEquals(30, last.sizeBytes());
    assertEquals(2, last.replication());
    assertEquals(List.of(), store().arrivals(rest.through(), 3).arrivals());
  }

  @Test
  void raisedReplicationArrivesAgain() throws Exception {
    Block block = TestBlocks.random(1, 30);
    store().put(List.of(block), new PutOptions(true, false, 1));
    long before = store().lastArrival();
    assertEquals(0, store().put(List.of(block), new PutOptions(true, false, 3)));
    List<Arrival> arrivals = store().arrivals(before, 10).arrivals();
    assertEquals(1, arrivals.size());
    assertEquals(3, arrivals.getFirst().replication());
    assertEquals(1, store().arrivals(0, 10).arrivals().size());
    store().put(List.of(block), new PutOptions(true, false, 2));
    assertEquals(3, stat(block).replication(), "it is never lowered");
  }

  @Test
  void whatNothingHoldsAnyMoreGoesAfterItsGrace() throws Exception {
    Block block = TestBlocks.random(1, 5000);
    Key256 digest = block.cid().key();
    store().put(List.of(block), claimed(new Claim(VOLUME, 1), new Claim(OTHER, 7)));
    assertEquals(0, store().release(VOLUME, 2, List.of(digest)), "another volume holds it");
    assertEquals(List.of(new Claim(OTHER, 7)), store().claims(digest));
    assertEquals(1, store().release(OTHER, 8, List.of(digest)));
    assertTrue(stat(block).garbage());
    assertEquals(5000, store().figures().garbageBytes());
    assertEquals(0, store().collect(Duration.ofHours(1), 10));
    assertArrayEquals(block.bytes(), store().get(digest));
    assertEquals(1, store().collect(Duration.ZERO, 10));
    assertNull(store().stat(digest));
    assertEquals(0, store().figures().blocks());
    assertEquals(0, store().figures().garbageBytes());
  }

  @Test
  void absenceDeletesNothing() throws Exception {
    Block block = TestBlocks.random(1, 5000);
    store().put(List.of(block), PutOptions.VERIFIED);
    assertEquals(0, store().release(VOLUME, 9, List.of(block.cid().key())));
    assertEquals(0, store().collect(Duration.ZERO, 10));
    assertFalse(stat(block).garbage());
  }

  @Test
  void claimsPinsAndPutsSaveGarbage() throws Exception {
    for (int way = 0; way < 3; way++) {
      Block block = TestBlocks.random(way, 5000);
      Key256 digest = block.cid().key();
      store().put(List.of(block), claimed(new Claim(VOLUME, 1)));
      store().release(VOLUME, 2, List.of(digest));
      assertTrue(stat(block).garbage());
      switch (way) {
        case 0 ->
            assertEquals("{0}", store().claim(List.of(digest), new Claim(VOLUME, 2)).toString());
        case 1 -> store().pin(block.cid());
        default -> store().put(List.of(block), PutOptions.VERIFIED);
      }
      assertFalse(stat(block).garbage());
    }
    assertEquals(0, store().figures().garbageBlocks());
    assertEquals(0, store().collect(Duration.ZERO, 10));
  }

  @Test
  void pinsHoldWhatIsNotClaimed() throws Exception {
    Block block = TestBlocks.random(1, 5000);
    store().put(List.of(block), new PutOptions(true, true, 0, List.of(new Claim(VOLUME, 1))));
    assertEquals(0, store().release(VOLUME, 2, List.of(block.cid().key())));
    assertEquals(0, store().collect(Duration.ZERO, 10));
    store().unpin(block.cid());
    assertTrue(stat(block).garbage());
  }

  @Test
  void claimsOnlyWhatIsPresent() throws Exception {
    Block block = TestBlocks.random(1, 5000);
    Key256 absent = TestBlocks.random(2, 5000).cid().key();
    store().put(List.of(block), PutOptions.VERIFIED);
    Claim claim = new Claim(VOLUME, 3);
    assertEquals("{1}", store().claim(List.of(absent, block.cid().key()), claim).toString());
    assertEquals(List.of(claim), store().claims(block.cid().key()));
    assertEquals(List.of(), store().claims(absent));
  }

  @Test
  void lateClaimsCountForTheOpenSweep() throws Exception {
    Block block = TestBlocks.random(1, 5000);
    store().sweepOpened(VOLUME, 5);
    store().sweepOpened(VOLUME, 4);
    store().put(List.of(block), claimed(new Claim(VOLUME, 2), new Claim(OTHER, 2)));
    assertEquals(
        Set.of(new Claim(VOLUME, 5), new Claim(OTHER, 2)),
        Set.copyOf(store().claims(block.cid().key())));
    store().claim(List.of(block.cid().key()), new Claim(VOLUME, 1));
    assertEquals(0, store().release(VOLUME, 5, List.of(block.cid().key())));
  }

  @Test
  void listsWhatASweepHasNotSeenByPages() throws Exception {
    List<Block> blocks = TestBlocks.random(1, 30, 40);
    for (int i = 0; i < blocks.size(); i++) {
      VolumeId volume = i % 3 == 0 ? OTHER : VOLUME;
      store().put(List.of(blocks.get(i)), claimed(new Claim(volume, i % 2 == 0 ? 1 : 2)));
    }
    List<Key256> listed = new ArrayList<>();
    @Nullable Key256 after = null;
    do {
      ClaimPage page = store().claimed(VOLUME, 2, after, 3);
      page.claimed().forEach(claimed -> listed.add(claimed.digest()));
      after = page.through();
    } while (after != null);
    List<Key256> expected = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i += 2) {
      if (i % 3 != 0) {
        expected.add(blocks.get(i).cid().key());
      }
    }
    expected.sort(Comparator.comparing(Key256::toBytes, Arrays::compareUnsigned));
    assertEquals(expected, listed);
  }

  static PutOptions claimed(Claim... claims) {
    return new PutOptions(true, false, 0, List.of(claims));
  }

  @Test
  void keepsNotes() throws Exception {
    assertNull(store().note("cursor"));
    store().keepNote("cursor", "1".getBytes(StandardCharsets.UTF_8));
    store().keepNote("cursor", "2".getBytes(StandardCharsets.UTF_8));
    assertArrayEquals("2".getBytes(StandardCharsets.UTF_8), store().note("cursor"));
  }

  @Test
  void refusesWorkWhenClosed() {
    store().close();
    Block block = TestBlocks.random(1, 30);
    assertReason(Reason.CLOSED, () -> store().put(List.of(block), PutOptions.VERIFIED));
    assertReason(Reason.CLOSED, () -> store().get(block.cid().key()));
  }

  BlockStat stat(Block block) throws StoreException, InterruptedException {
    BlockStat stat = store().stat(block.cid().key());
    assertNotNull(stat);
    return Objects.requireNonNull(stat);
  }

  static void assertReason(Reason expected, Executable call) {
    assertEquals(expected, assertThrows(StoreException.class, call).reason());
  }
}
