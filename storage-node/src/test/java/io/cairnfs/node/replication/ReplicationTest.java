package io.cairnfs.node.replication;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairnfs.node.store.MemoryBlockStore;
import io.cairnfs.node.store.PutOptions;
import io.cairnfs.node.store.TestBlocks;
import io.cairnfs.node.testing.TestCluster;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.message.ArrivalsRequest;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.transport.Caller;
import io.cairnfs.protocol.transport.Envelope;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes in one process that follow each other's arrival logs. */
final class ReplicationTest {

  private static final int K = 20;

  private final TestMembers members = new TestMembers();
  private final TestCluster cluster = members.cluster();

  @AfterEach
  void stop() {
    members.close();
  }

  @Test
  void aNodeThatReturnsFetchesWhatItMissedAndAllCountDownToZero() throws Exception {
    TestMembers.Member a = members.add();
    TestMembers.Member b = members.add();
    TestMembers.Member c = members.add();
    List.of(a, b, c).forEach(TestMembers.Member::start);
    c.stop();
    List<Block> blocks = TestBlocks.random(1, 300, 40_000);
    PutOptions threefold = new PutOptions(true, false, 3);
    a.store.put(blocks, threefold);
    b.store.put(blocks, threefold);

    TestMembers.eventually("a misses c's copies", () -> a.replication.underReplicated() == 300);
    TestMembers.eventually("b misses c's copies", () -> b.replication.underReplicated() == 300);
    c.restart();
    TestMembers.eventually("c has all", () -> c.store.figures().blocks() == 300);
    TestMembers.eventually("a is content", () -> a.replication.underReplicated() == 0);
    TestMembers.eventually("b is content", () -> b.replication.underReplicated() == 0);
    TestMembers.eventually("c is content", () -> c.replication.underReplicated() == 0);
    for (Block block : blocks) {
      assertArrayEquals(block.bytes(), c.store.get(block.cid().key()));
    }

    c.stop();
    a.store.put(TestBlocks.random(5000, 10, 100), threefold);
    c.restart();
    TestMembers.eventually("c follows from its cursor", () -> c.store.figures().blocks() == 310);
  }

  @Test
  void whatIsBeingWrittenIsNotMissing() throws Exception {
    List<TestMembers.Member> all = List.of(members.add(), members.add(), members.add());
    all.forEach(TestMembers.Member::start);
    TestMembers.eventually("all have begun", () -> all.stream().allMatch(ReplicationTest::isWhole));
    for (int i = 0; i < 80; i++) { // for longer than a confirmation may take
      List<Block> blocks = TestBlocks.random(100 + i, 5, 100);
      for (TestMembers.Member member : all) {
        member.store.put(blocks, new PutOptions(true, false, 3));
      }
      for (TestMembers.Member member : all) {
        assertEquals(0, member.replication.underReplicated());
      }
      Thread.sleep(50);
    }
  }

  private static boolean isWhole(TestMembers.Member member) {
    return member.replication.underReplicated() == 0 && member.replication.complaints().isEmpty();
  }

  @Test
  void whatANodeDoesNotConfirmIsMissingThoughItSeemsUp() throws Exception {
    TestMembers.Member a = members.add();
    TestMembers.Member b = members.add();
    List.of(a, b).forEach(TestMembers.Member::start);
    TestMembers.eventually("both have begun", () -> isWhole(a) && isWhole(b));
    b.workers.close();
    a.store.put(TestBlocks.random(1, 10, 100), new PutOptions(true, false, 2));
    TestMembers.eventually("a counts", () -> a.replication.underReplicated() == 10);
  }

  /** The question with which a node begins tells that it was away. */
  @Test
  void whatWasWrittenDuringARestartIsMissingAtOnce() throws Exception {
    TestMembers.Member a = members.add();
    TestMembers.Member b = members.add();
    PeerLags lags = new PeerLags(a.store);
    lags.follow(List.of(b.record.id()));
    a.store.put(TestBlocks.random(1, 10, 100), new PutOptions(true, false, 2));
    assertEquals(0, lags.unconfirmed());
    new ArrivalsHandler(
            a.store, a.replicas, lags, new SettledArrivals(Duration.ZERO, a.store.lastArrival()))
        .handle(
            new Caller(b.record.id(), null),
            Envelope.of(ArrivalsRequest.newBuilder().setFirst(true).build()),
            Duration.ofSeconds(1));
    assertEquals(10, lags.unconfirmed());
  }

  @Test
  void onlyDesignatedReplicasFetch() throws Exception {
    List<TestMembers.Member> all =
        List.of(members.add(), members.add(), members.add(), members.add());
    List<Block> blocks = TestBlocks.random(1, 200, 100);
    all.getFirst().store.put(blocks, new PutOptions(true, false, 2));
    all.forEach(TestMembers.Member::start);
    DesignatedReplicas placement = new DesignatedReplicas(cluster, all.getFirst().record.id(), K);
    TestMembers.eventually(
        "nothing is missing", () -> all.getFirst().replication.underReplicated() == 0);
    for (Block block : blocks) {
      for (TestMembers.Member member : all.subList(1, 4)) {
        assertEquals(
            placement.isDesignated(member.record.id(), block.cid().key(), 2),
            member.has(block),
            "where " + block + " is");
      }
    }
  }

  @Test
  void aDamagedBlockIsRepairedFromAnotherReplica() throws Exception {
    TestMembers.Member a = members.add();
    TestMembers.Member b = members.add();
    Block block = TestBlocks.random(1, 1000);
    Key256 digest = block.cid().key();
    a.store.put(List.of(block), new PutOptions(true, false, 2));
    b.store.put(List.of(block), new PutOptions(true, false, 2));
    a.store.damage(digest);
    assertEquals(1, a.store.figures().quarantined());
    a.start();
    b.start();
    TestMembers.eventually("a has it again", () -> a.has(block));
    TestMembers.eventually("a is content", () -> a.replication.underReplicated() == 0);
  }

  @Test
  void aPeerWithAnotherLogIsReadFromItsStart() throws Exception {
    TestMembers.Member a = members.add();
    TestMembers.Member b = members.add();
    PutOptions twofold = new PutOptions(true, false, 2);
    a.store.put(TestBlocks.random(1, 50, 100), twofold);
    a.start();
    b.start();
    TestMembers.eventually("b has followed", () -> b.store.figures().blocks() == 50);

    a.stop();
    a.store = new MemoryBlockStore(TestBlocks.random(99, 1).cid().key(), TestMembers.ROOM);
    a.store.put(TestBlocks.random(1000, 5, 100), twofold);
    a.restart();
    TestMembers.eventually("b has the new blocks", () -> b.store.figures().blocks() == 55);
    TestMembers.eventually("a has b's", () -> a.store.figures().blocks() == 55);
  }
}
