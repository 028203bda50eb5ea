package io.cairnfs.node.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.node.store.ListedBlock;
import io.cairnfs.node.store.MemoryBlockStore;
import io.cairnfs.node.store.PutOptions;
import io.cairnfs.node.store.TestBlocks;
import io.cairnfs.node.testing.TestCluster;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.repair.RepairMethods;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.local.LocalNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fingerprints of what two nodes share, and comparisons by them. */
final class PairFingerprintsTest {

  private static final int K = 20;
  private static final PutOptions THREEFOLD = new PutOptions(false, false, 3);

  private final TestCluster cluster = new TestCluster();
  private final LocalNetwork network = new LocalNetwork();

  /** A node that answers comparisons. */
  private final class Side {
    final NodeRecord record = cluster.add();
    final MemoryBlockStore store = new MemoryBlockStore(record.id().key(), 1 << 30);
    final DesignatedReplicas replicas = new DesignatedReplicas(cluster, record.id(), K);
    final PairFingerprints fingerprints = new PairFingerprints(store, replicas);
    final Transport transport = network.join(record.id());

    Side() {
      transport.handle(RepairMethods.COMPARE, new CompareHandler(fingerprints));
    }

    PairComparison compareWith(Side other) throws Exception {
      PairComparison comparison =
          new PairComparison(store, replicas, fingerprints, transport, other.record, 0);
      while (!comparison.isDone()) {
        comparison.step();
      }
      assertEquals(KeyRange.PARTS, comparison.through());
      return comparison;
    }

    /** From scratch, without what was remembered. */
    Fingerprint countedWith(NodeId peer, KeyRange range) throws Exception {
      Fingerprint sum = Fingerprint.EMPTY;
      for (ListedBlock block : store.list(Key256.of(new byte[Key256.BYTES]), 1 << 20)) {
        List<NodeId> designated = replicas.designated(block.digest(), block.stat().replication());
        if (block.isSound()
            && range.contains(block.digest())
            && designated.contains(peer)
            && designated.contains(record.id())) {
          sum = sum.plus(block.digest());
        }
      }
      return sum;
    }
  }

  @AfterEach
  void stop() {
    network.close();
  }

  @Test
  void rangesDivideTheKeySpace() {
    Random random = new Random(1);
    for (int i = 0; i < 1000; i++) {
      byte[] bytes = new byte[Key256.BYTES];
      random.nextBytes(bytes);
      Key256 key = Key256.of(bytes);
      KeyRange range = KeyRange.ALL;
      while (range.isDivisible()) {
        assertTrue(range.contains(key));
        assertTrue(range.first().compareTo(key) <= 0);
        assertTrue(range.contains(range.first()));
        List<KeyRange> parts = range.parts().stream().filter(part -> part.contains(key)).toList();
        assertEquals(1, parts.size(), "a key is in one part");
        range = parts.getFirst();
      }
      assertEquals(KeyRange.MAX_BITS, range.bits());
    }
  }

  @Test
  void fingerprintsFollowTheStore() throws Exception {
    long seed = 42;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Side a = new Side();
    List<Side> others = List.of(new Side(), new Side(), new Side());
    VolumeId volume = VolumeId.of(TestBlocks.random(9, 1).cid().key().toBytes());
    List<Block> blocks = new ArrayList<>(TestBlocks.random(1, 400, 40));
    for (int round = 0; round < 60; round++) {
      for (int i = 0; i < 20; i++) {
        Block block = blocks.get(random.nextInt(blocks.size()));
        Key256 digest = block.cid().key();
        switch (random.nextInt(6)) {
          case 0 -> a.store.delete(digest);
          case 1 -> {
            if (a.store.stat(digest) != null) {
              a.store.damage(digest);
            }
          }
          case 2 -> {
            a.store.claim(List.of(digest), new Claim(volume, 1));
            a.store.release(volume, 2, List.of(digest)); // garbage, if it was here
          }
          default ->
              a.store.put(List.of(block), new PutOptions(false, false, 1 + random.nextInt(4)));
        }
      }
      KeyRange range =
          random.nextBoolean()
              ? KeyRange.ALL
              : KeyRange.ALL.part(random.nextInt(KeyRange.PARTS)).part(random.nextInt(128));
      for (Side other : others) {
        NodeId peer = other.record.id();
        assertEquals(a.countedWith(peer, range), a.fingerprints.of(peer, range));
        Fingerprint sum = Fingerprint.EMPTY;
        for (Fingerprint part : a.fingerprints.parts(peer, range)) {
          sum = sum.plus(part);
        }
        assertEquals(a.fingerprints.of(peer, range), sum, "parts make the whole");
      }
    }
    new Side();
    NodeId peer = others.getFirst().record.id();
    assertEquals(
        a.countedWith(peer, KeyRange.ALL),
        a.fingerprints.of(peer, KeyRange.ALL),
        "another node changes who shares what");
  }

  @Test
  void oneMissingBlockIsFoundWithThreeMessages() throws Exception {
    Side a = new Side();
    Side b = new Side();
    List<Block> blocks = TestBlocks.random(1, 100_000, 16);
    a.store.put(blocks, THREEFOLD);
    b.store.put(blocks, THREEFOLD);
    assertEquals(Set.of(), a.compareWith(b).lacking());
    long scanned = b.fingerprints.scanned();
    Key256 lost = blocks.get(777).cid().key();
    a.store.delete(lost);

    PairComparison comparison = a.compareWith(b);
    assertEquals(Set.of(lost), comparison.lacking());
    assertTrue(comparison.messages() <= 3, comparison.messages() + " messages");
    assertTrue(comparison.bytes() < 16_384, comparison.bytes() + " bytes");
    long again = b.fingerprints.scanned() - scanned;
    assertTrue(again < 3000, again + " keys were read again");
    assertEquals(Set.of(), b.compareWith(a).lacking(), "b has what a has");
  }

  @Test
  void anEmptyNodeLacksAllThatIsItsOwn() throws Exception {
    Side a = new Side();
    Side b = new Side();
    new Side();
    List<Block> blocks = TestBlocks.random(1, 30_000, 16);
    a.store.put(blocks, new PutOptions(false, false, 2));
    Set<Key256> lacking = b.compareWith(a).lacking();
    long shared =
        blocks.stream().filter(block -> isOn(a, block.cid().key(), b.record.id())).count();
    assertEquals(shared, lacking.size());
    assertTrue(shared > 8000 && shared < 12_000, shared + " of 30,000 are of both");
  }

  private static boolean isOn(Side side, Key256 digest, NodeId other) {
    try {
      List<NodeId> designated = side.replicas.designated(digest, 2);
      return designated.contains(other) && designated.contains(side.record.id());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void garbageIsNotCompared() throws Exception {
    Side a = new Side();
    Side b = new Side();
    VolumeId volume = VolumeId.of(TestBlocks.random(9, 1).cid().key().toBytes());
    Block block = TestBlocks.random(1, 100);
    a.store.put(List.of(block), new PutOptions(false, false, 2, List.of(new Claim(volume, 1))));
    assertEquals(1, b.compareWith(a).lacking().size());
    a.store.release(volume, 2, List.of(block.cid().key()));
    assertEquals(Set.of(), b.compareWith(a).lacking());
  }
}
