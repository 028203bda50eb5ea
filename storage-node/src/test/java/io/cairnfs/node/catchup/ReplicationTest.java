package io.cairnfs.node.catchup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.node.blocks.BlockService;
import io.cairnfs.node.store.MemoryBlockStore;
import io.cairnfs.node.store.PutOptions;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.store.TestBlocks;
import io.cairnfs.node.testing.TestCluster;
import io.cairnfs.node.worker.Workers;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.local.LocalNetwork;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes in one process that follow each other's arrival logs. */
final class ReplicationTest {

  private static final long ROOM = 64 << 20;
  private static final int K = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final TestCluster cluster = new TestCluster();
  private final LocalNetwork network = new LocalNetwork();
  private final List<Member> members = new ArrayList<>();

  /** A node without a process: a store, its services and its workers. */
  private final class Member {
    final NodeRecord record = cluster.add();
    MemoryBlockStore store = new MemoryBlockStore(record.id().key(), ROOM);
    Transport transport = network.join(record.id());
    Workers workers = new Workers();
    Replication replication;

    Member() {
      replication = create();
      members.add(this);
    }

    private Replication create() {
      DesignatedReplicas replicas = new DesignatedReplicas(cluster, record.id(), K);
      Replication created =
          new Replication(
              store, replicas, transport, Duration.ofMillis(100), Duration.ofMillis(200));
      new BlockService(store, 3, new SimpleMeterRegistry()).register(transport);
      created.register(transport);
      return created;
    }

    void start() {
      replication.start(workers);
    }

    void stop() {
      cluster.setUp(record.id(), false);
      workers.close();
      transport.close();
    }

    void restart() {
      transport = network.join(record.id());
      workers = new Workers();
      replication = create();
      cluster.setUp(record.id(), true);
      start();
    }

    boolean has(Block block) {
      try {
        return store.have(List.of(block.cid().key())).get(0);
      } catch (StoreException e) {
        throw new AssertionError(e);
      }
    }
  }

  @AfterEach
  void stop() {
    members.forEach(member -> member.workers.close());
    network.close();
  }

  private static void eventually(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.call()) {
      assertTrue(System.nanoTime() < deadline, "not within " + PATIENCE + ": " + what);
      Thread.sleep(20);
    }
  }

  @Test
  void aNodeThatReturnsFetchesWhatItMissedAndAllCountDownToZero() throws Exception {
    Member a = new Member();
    Member b = new Member();
    Member c = new Member();
    List.of(a, b, c).forEach(Member::start);
    c.stop();
    List<Block> blocks = TestBlocks.random(1, 300, 40_000);
    PutOptions threefold = new PutOptions(true, false, 3);
    a.store.put(blocks, threefold);
    b.store.put(blocks, threefold);

    eventually("a misses c's copies", () -> a.replication.underReplicated() == 300);
    eventually("b misses c's copies", () -> b.replication.underReplicated() == 300);
    c.restart();
    eventually("c has all", () -> c.store.figures().blocks() == 300);
    eventually("a is content", () -> a.replication.underReplicated() == 0);
    eventually("b is content", () -> b.replication.underReplicated() == 0);
    eventually("c is content", () -> c.replication.underReplicated() == 0);
    for (Block block : blocks) {
      assertArrayEquals(block.bytes(), c.store.get(block.cid().key()));
    }

    c.stop();
    a.store.put(TestBlocks.random(5000, 10, 100), threefold);
    c.restart();
    eventually("c follows from its cursor", () -> c.store.figures().blocks() == 310);
  }

  @Test
  void onlyDesignatedReplicasFetch() throws Exception {
    List<Member> all = List.of(new Member(), new Member(), new Member(), new Member());
    List<Block> blocks = TestBlocks.random(1, 200, 100);
    all.getFirst().store.put(blocks, new PutOptions(true, false, 2));
    all.forEach(Member::start);
    DesignatedReplicas placement = new DesignatedReplicas(cluster, all.getFirst().record.id(), K);
    eventually("nothing is missing", () -> all.getFirst().replication.underReplicated() == 0);
    for (Block block : blocks) {
      for (Member member : all.subList(1, 4)) {
        assertEquals(
            placement.isDesignated(member.record.id(), block.cid().key(), 2),
            member.has(block),
            "where " + block + " is");
      }
    }
  }

  @Test
  void aDamagedBlockIsRepairedFromAnotherReplica() throws Exception {
    Member a = new Member();
    Member b = new Member();
    Block block = TestBlocks.random(1, 1000);
    Key256 digest = block.cid().key();
    a.store.put(List.of(block), new PutOptions(true, false, 2));
    b.store.put(List.of(block), new PutOptions(true, false, 2));
    a.store.damage(digest);
    assertEquals(1, a.store.figures().quarantined());
    a.start();
    b.start();
    eventually("a has it again", () -> a.has(block));
    eventually("a is content", () -> a.replication.underReplicated() == 0);
  }

  @Test
  void aPeerWithAnotherLogIsReadFromItsStart() throws Exception {
    Member a = new Member();
    Member b = new Member();
    PutOptions twofold = new PutOptions(true, false, 2);
    a.store.put(TestBlocks.random(1, 50, 100), twofold);
    a.start();
    b.start();
    eventually("b has followed", () -> b.store.figures().blocks() == 50);

    a.stop();
    a.store = new MemoryBlockStore(TestBlocks.random(99, 1).cid().key(), ROOM);
    a.store.put(TestBlocks.random(1000, 5, 100), twofold);
    a.restart();
    eventually("b has the new blocks", () -> b.store.figures().blocks() == 55);
    eventually("a has b's", () -> a.store.figures().blocks() == 55);
  }
}
