package io.cairnfs.client.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.block.FakeNodes.Mood;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Puts and gets with some of the nodes in trouble. */
class PlacedBlocksTest {

  /**
   * Times so short that tests are fast, and so far apart that a busy machine does not mix them up.
   */
  private static final PlacementSettings SETTINGS =
      new PlacementSettings(
          3,
          2,
          Duration.ofSeconds(2),
          Duration.ofMillis(100),
          Duration.ofSeconds(3),
          Duration.ofMillis(300),
          8 << 20);

  private static final long LESS_THAN_A_TIMEOUT = TimeUnit.MILLISECONDS.toNanos(1500);

  private final BlockCounters counters = new BlockCounters();

  private PlacedBlocks over(FakeNodes nodes) {
    return new PlacedBlocks(
        new VerifyingChunks(new VerifyingNodeBlocks(nodes, counters), counters),
        nodes,
        SETTINGS,
        counters);
  }

  private static Block block(int number) {
    byte[] bytes = {(byte) number, (byte) (number >> 8), 3, 4};
    return new Block(Cid.of(Codec.RAW, bytes), bytes);
  }

  private static void eventually(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      Thread.sleep(1);
    }
    assertTrue(condition.getAsBoolean());
  }

  @Test
  void aPutReachesAllReplicasInTheEnd() throws Exception {
    FakeNodes nodes = new FakeNodes(5);
    Block block = block(1);
    over(nodes).put(List.of(block));
    assertTrue(nodes.copies(block.cid()) >= 2);
    eventually(() -> nodes.copies(block.cid()) == 3);
    assertEquals(0, nodes.node(3).stored.size());
  }

  @Test
  void aSlowReplicaDoesNotDelayAPut() throws Exception {
    FakeNodes nodes = new FakeNodes(3);
    nodes.node(0).latency = Duration.ofMillis(800);
    Block block = block(1);
    long start = System.nanoTime();
    over(nodes).put(List.of(block));
    assertTrue(System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(600));
    eventually(() -> nodes.copies(block.cid()) == 3);
  }

  @Test
  void aDownReplicaIsReplacedByTheNextCandidate() throws Exception {
    FakeNodes nodes = new FakeNodes(5);
    nodes.node(1).mood = Mood.DOWN;
    nodes.node(2).mood = Mood.DOWN;
    Block block = block(1);
    over(nodes).put(List.of(block));
    assertTrue(nodes.copies(block.cid()) >= 2);
    assertTrue(nodes.node(3).stored.containsKey(block.cid()));
    assertTrue(counters.substitutes() >= 1);
  }

  @Test
  void stoppedReplicasCostAWaitOnceAndAreAvoidedThen() throws Exception {
    FakeNodes nodes = new FakeNodes(5);
    nodes.node(0).mood = Mood.STOPPED;
    nodes.node(1).mood = Mood.STOPPED;
    PlacedBlocks placed = over(nodes);
    long start = System.nanoTime();
    placed.put(List.of(block(0)));
    assertTrue(System.nanoTime() - start < LESS_THAN_A_TIMEOUT);
    int before = nodes.node(0).requests.get();
    start = System.nanoTime();
    for (int i = 1; i < 20; i++) {
      placed.put(List.of(block(i)));
    }
    assertTrue(System.nanoTime() - start < LESS_THAN_A_TIMEOUT);
    assertTrue(nodes.node(0).requests.get() <= before + 1, "asked again before its time");
  }

  @Test
  void aPutIsNeverAcknowledgedWithFewerThanItsWriteAcks() {
    FakeNodes nodes = new FakeNodes(3);
    nodes.node(0).mood = Mood.DOWN;
    nodes.node(2).mood = Mood.DOWN;
    BlockException failure =
        assertThrows(BlockException.class, () -> over(nodes).put(List.of(block(1))));
    assertEquals(BlockException.Reason.UNAVAILABLE, failure.reason());
    assertEquals(1, nodes.node(1).requests.get());
  }

  @Test
  void aPutToStoppedNodesEndsWithItsDeadline() {
    FakeNodes nodes = new FakeNodes(3);
    nodes.node(0).mood = Mood.STOPPED;
    nodes.node(1).mood = Mood.STOPPED;
    long start = System.nanoTime();
    assertThrows(
        BlockException.class,
        () ->
            Deadline.await(
                Duration.ofMillis(500),
                () -> {
                  over(nodes).put(List.of(block(1)));
                  return true;
                }));
    assertTrue(System.nanoTime() - start < LESS_THAN_A_TIMEOUT);
  }

  @Test
  void fullNodesAreReportedAsSuch() {
    FakeNodes nodes = new FakeNodes(3);
    nodes.node(0).mood = Mood.FULL;
    nodes.node(1).mood = Mood.FULL;
    BlockException failure =
        assertThrows(BlockException.class, () -> over(nodes).put(List.of(block(1))));
    assertEquals(BlockException.Reason.NO_SPACE, failure.reason());
  }

  @Test
  void manyBlocksTravelInFewRequests() throws Exception {
    FakeNodes nodes = new FakeNodes(3);
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < 1500; i++) {
      blocks.add(block(i));
    }
    over(nodes).put(blocks);
    eventually(() -> nodes.node(2).stored.size() == 1500);
    assertEquals(2, nodes.node(2).requests.get());
  }

  @Test
  void aLyingReplicaIsPassedOverAndRepaired() throws Exception {
    FakeNodes nodes = new FakeNodes(3);
    Block block = block(1);
    byte[] wrong = {9, 9, 9, 9};
    nodes.node(0).stored.put(block.cid(), wrong);
    nodes.node(1).stored.put(block.cid(), block.bytes());
    assertArrayEquals(block.bytes(), over(nodes).get(block.cid()));
    assertEquals(1, counters.wrongBodies());
    eventually(() -> counters.repairs() == 1);
    assertArrayEquals(block.bytes(), nodes.node(0).stored.get(block.cid()));
  }

  private static Chunk chunk(Block block, int offset, int length) {
    byte[] part = Arrays.copyOfRange(block.bytes(), offset, offset + length);
    return new Chunk(Cid.of(Codec.RAW, part), block.cid(), offset, length);
  }

  /** Three nodes, the first of which flips a bit in the middle of what it gives. */
  private static FakeNodes withALiar(Block block) {
    FakeNodes nodes = new FakeNodes(3);
    for (int i = 0; i < 3; i++) {
      nodes.node(i).stored.put(block.cid(), block.bytes());
    }
    nodes.node(0).mood = Mood.LYING;
    return nodes;
  }

  @Test
  void aLiarsChunkIsPassedOver() throws Exception {
    Block block = block(1);
    Chunk chunk = chunk(block, 1, 3);
    byte[] bytes = over(withALiar(block)).get(chunk);
    assertArrayEquals(Arrays.copyOfRange(block.bytes(), 1, 4), bytes);
    eventually(() -> counters.repairs() == 1);
    assertEquals(2, counters.wrongBodies(), "a part, and the whole when it is examined");
  }

  /** The twin of the test above: it is the verification that keeps the wrong bytes out. */
  @Test
  void withoutVerificationALiarsChunkIsRead() throws Exception {
    Block block = block(1);
    FakeNodes nodes = withALiar(block);
    PlacedBlocks credulous = new PlacedBlocks(nodes, nodes, SETTINGS, counters);
    byte[] bytes = credulous.get(chunk(block, 1, 3));
    assertFalse(Arrays.equals(Arrays.copyOfRange(block.bytes(), 1, 4), bytes));
  }

  @Test
  void aDamagedChunkHasItsBlockRepaired() throws Exception {
    FakeNodes nodes = new FakeNodes(3);
    Block block = block(1);
    nodes.node(0).stored.put(block.cid(), new byte[] {9, 9, 9, 9});
    nodes.node(1).stored.put(block.cid(), block.bytes());
    Chunk chunk = chunk(block, 2, 2);
    assertArrayEquals(Arrays.copyOfRange(block.bytes(), 2, 4), over(nodes).get(chunk));
    eventually(() -> counters.repairs() == 1);
    assertArrayEquals(block.bytes(), nodes.node(0).stored.get(block.cid()));
  }

  @Test
  void whatIsNotInItsBlockIsNoChunk() {
    FakeNodes nodes = new FakeNodes(1);
    Block block = block(1);
    nodes.node(0).stored.put(block.cid(), block.bytes());
    for (Chunk wrong :
        List.of(
            new Chunk(block(2).cid(), block.cid(), 0, 4),
            new Chunk(block.cid(), block.cid(), 1, 4),
            new Chunk(block.cid(), block(2).cid(), 0, 4))) {
      BlockException failure =
          assertThrows(BlockException.class, () -> over(nodes).get(wrong), wrong.toString());
      assertEquals(BlockException.Reason.NOT_FOUND, failure.reason());
    }
  }

  @Test
  void aChunkIsFoundByAFreshLookupOfItsBlock() throws Exception {
    FakeNodes nodes = new FakeNodes(2);
    Block moved = block(2);
    nodes.addHidden().stored.put(moved.cid(), moved.bytes());
    assertArrayEquals(Arrays.copyOfRange(moved.bytes(), 0, 2), over(nodes).get(chunk(moved, 0, 2)));
  }

  @Test
  void aStoppedReplicaCostsAReadOneHedgeAndIsAvoidedThen() throws Exception {
    FakeNodes nodes = new FakeNodes(3);
    PlacedBlocks placed = over(nodes);
    Block block = block(1);
    placed.put(List.of(block));
    eventually(() -> nodes.copies(block.cid()) == 3);
    nodes.node(0).mood = Mood.STOPPED;
    int before = nodes.node(0).requests.get();
    long start = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      assertArrayEquals(block.bytes(), placed.get(block.cid()));
    }
    assertTrue(System.nanoTime() - start < LESS_THAN_A_TIMEOUT);
    assertTrue(nodes.node(0).requests.get() - before <= 2, "asked again before its time");
    assertTrue(counters.hedges() >= 1);
  }

  @Test
  void aStoppedReplicaCostsAChunkOneHedgeAndIsAvoidedThen() throws Exception {
    Block block = block(1);
    FakeNodes nodes = withALiar(block);
    nodes.node(0).mood = Mood.STOPPED;
    PlacedBlocks placed = over(nodes);
    long start = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      assertArrayEquals(Arrays.copyOfRange(block.bytes(), 0, 2), placed.get(chunk(block, 0, 2)));
    }
    assertTrue(System.nanoTime() - start < LESS_THAN_A_TIMEOUT);
    assertEquals(1, nodes.node(0).requests.get(), "asked again before its time");
    assertEquals(1, counters.hedges());
  }

  @Test
  void aChunkOfWhichAllReplicasAreSlowIsWaitedFor() throws Exception {
    Block block = block(1);
    FakeNodes nodes = withALiar(block);
    nodes.node(0).mood = Mood.DOWN;
    nodes.node(1).mood = Mood.DOWN;
    nodes.node(2).latency = Duration.ofMillis(700);
    nodes.node(2).stored.put(block.cid(), block.bytes());
    assertArrayEquals(Arrays.copyOfRange(block.bytes(), 0, 2), over(nodes).get(chunk(block, 0, 2)));
    FakeNodes one = new FakeNodes(1);
    one.node(0).stored.put(block.cid(), block.bytes());
    one.node(0).latency = Duration.ofMillis(700);
    assertArrayEquals(Arrays.copyOfRange(block.bytes(), 0, 2), over(one).get(chunk(block, 0, 2)));
  }

  @Test
  void aNodeThatIsBackIsUsedAgain() throws Exception {
    FakeNodes nodes = new FakeNodes(3);
    PlacedBlocks placed = over(nodes);
    Block block = block(1);
    nodes.node(1).stored.put(block.cid(), block.bytes());
    nodes.node(0).mood = Mood.DOWN;
    placed.get(block.cid());
    nodes.node(0).mood = Mood.WELL;
    int before = nodes.node(0).requests.get();
    Thread.sleep(1100);
    placed.get(block.cid());
    assertEquals(1, nodes.node(0).requests.get() - before);
  }

  @Test
  void aBlockIsFoundOnOtherCandidatesAndByAFreshLookup() throws Exception {
    FakeNodes nodes = new FakeNodes(5);
    Block onCandidate = block(1);
    nodes.node(4).stored.put(onCandidate.cid(), onCandidate.bytes());
    assertArrayEquals(onCandidate.bytes(), over(nodes).get(onCandidate.cid()));
    Block moved = block(2);
    nodes.addHidden().stored.put(moved.cid(), moved.bytes());
    assertArrayEquals(moved.bytes(), over(nodes).get(moved.cid()));
  }

  @Test
  void notFoundIsSaidOnlyWhenAllAnswered() {
    FakeNodes nodes = new FakeNodes(3);
    Cid cid = block(1).cid();
    assertEquals(
        BlockException.Reason.NOT_FOUND,
        assertThrows(BlockException.class, () -> over(nodes).get(cid)).reason());
    nodes.node(2).mood = Mood.DOWN;
    assertEquals(
        BlockException.Reason.UNAVAILABLE,
        assertThrows(BlockException.class, () -> over(nodes).get(cid)).reason());
  }

  @Test
  void haveCountsWriteAcks() throws Exception {
    FakeNodes nodes = new FakeNodes(3);
    Block once = block(1);
    Block twice = block(2);
    nodes.node(0).stored.put(once.cid(), once.bytes());
    nodes.node(0).stored.put(twice.cid(), twice.bytes());
    nodes.node(2).stored.put(twice.cid(), twice.bytes());
    assertEquals(Set.of(twice.cid()), over(nodes).have(List.of(once.cid(), twice.cid())));
  }

  @Test
  void whatLingersForAStoppedNodeIsBounded() throws Exception {
    FakeNodes nodes = new FakeNodes(3);
    nodes.node(2).latency = Duration.ofSeconds(1);
    PlacedBlocks placed = over(nodes);
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      byte[] bytes = new byte[1 << 20];
      bytes[0] = (byte) i;
      blocks.add(new Block(Cid.of(Codec.RAW, bytes), bytes));
      placed.put(List.of(blocks.getLast()));
    }
    assertTrue(counters.givenUpReplicas() >= 1);
    for (Block block : blocks) {
      assertTrue(nodes.copies(block.cid()) >= 2);
    }
    eventually(() -> nodes.node(2).stored.size() >= 8);
  }
}
