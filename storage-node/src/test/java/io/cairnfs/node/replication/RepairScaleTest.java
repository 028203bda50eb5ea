package io.cairnfs.node.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.node.store.Columns;
import io.cairnfs.node.store.PutOptions;
import io.cairnfs.node.store.RocksBlockStore;
import io.cairnfs.node.store.StoreSettings;
import io.cairnfs.node.store.TestBlocks;
import io.cairnfs.node.testing.TestCluster;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.repair.RepairMethods;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.local.LocalNetwork;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One block of a million that is missing on one of three nodes: what it costs to find and repair
 * it. The system property {@code cairn.repair.blocks} changes the number.
 */
@Tag("extended")
final class RepairScaleTest {

  private static final int BLOCKS = Integer.getInteger("cairn.repair.blocks", 1_000_000);
  private static final int BATCH = 1000;
  private static final int K = 20;

  @TempDir private Path directory;

  private final TestCluster cluster = new TestCluster();

  /** A node with a store on the disk. */
  private final class Side implements AutoCloseable {
    final NodeRecord record = cluster.add();
    final RocksDatabase database;
    final RocksBlockStore store;
    final DesignatedReplicas replicas;
    final PairFingerprints fingerprints;
    final Transport transport;

    Side(int number, LocalNetwork network) throws Exception {
      Path own = directory.resolve(Integer.toString(number));
      database = RocksDatabase.open(own.resolve("db"), Columns.ALL, RocksSettings.MODERATE);
      store = RocksBlockStore.open(database, TestBlocks.segments(own), StoreSettings.DEFAULT);
      replicas = new DesignatedReplicas(cluster, record.id(), K);
      fingerprints = new PairFingerprints(store, replicas);
      transport = network.join(record.id());
      transport.handle(RepairMethods.COMPARE, new CompareHandler(fingerprints));
      transport.handle(RepairMethods.COPY, new CopyHandler(store));
    }

    PairComparison compareWith(Side other, String what) throws Exception {
      long started = System.nanoTime();
      long cpu = cpuNanos();
      long scanned = fingerprints.scanned() + other.fingerprints.scanned();
      PairComparison comparison =
          new PairComparison(store, replicas, fingerprints, transport, other.record, 0);
      while (!comparison.isDone()) {
        comparison.step();
      }
      System.out.printf(
          "%s: %d messages, %d bytes, %.3f s, %.3f s of processor, %d keys read, %d lacking%n",
          what,
          comparison.messages(),
          comparison.bytes(),
          (System.nanoTime() - started) / 1e9,
          (cpuNanos() - cpu) / 1e9,
          fingerprints.scanned() + other.fingerprints.scanned() - scanned,
          comparison.lacking().size());
      return comparison;
    }

    @Override
    public void close() {
      transport.close();
      store.close();
      database.close();
    }
  }

  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }

  @Test
  void oneMissingBlockOfAMillion() throws Exception {
    try (LocalNetwork network = new LocalNetwork();
        Side a = new Side(1, network);
        Side b = new Side(2, network);
        Side c = new Side(3, network)) {
      long started = System.nanoTime();
      fill(List.of(a.store, b.store, c.store));
      System.out.printf(
          "%d blocks on three nodes: stored in %.1f s%n",
          BLOCKS, (System.nanoTime() - started) / 1e9);

      assertEquals(Set.of(), a.compareWith(b, "first comparison").lacking());
      assertEquals(Set.of(), a.compareWith(c, "with the other node").lacking());
      assertEquals(Set.of(), a.compareWith(b, "again, all the same").lacking());

      Key256 lost = block(BLOCKS / 3).cid().key();
      assertTrue(a.store.delete(lost));
      started = System.nanoTime();
      PairComparison found = a.compareWith(b, "one is missing");
      assertEquals(Set.of(lost), found.lacking());
      assertTrue(found.messages() <= 3, found.messages() + " messages");
      MissingBlocks missing = new MissingBlocks();
      missing.add(lost, Wanted.UNKNOWN, Set.of(b.record.id()));
      BlockCopier copier = new BlockCopier(a.transport, a.store);
      new Repair(a.store, a.replicas, copier, missing, 0).work();
      assertTrue(a.store.have(List.of(lost)).get(0));
      System.out.printf("found and repaired in %.3f s%n", (System.nanoTime() - started) / 1e9);
      assertEquals(3, Objects.requireNonNull(a.store.stat(lost)).replication());

      for (int i = 0; i < 1000; i++) {
        a.store.put(List.of(block(BLOCKS + i)), new PutOptions(false, false, 3));
        b.store.put(List.of(block(BLOCKS + i)), new PutOptions(false, false, 3));
      }
      a.compareWith(b, "after a thousand new blocks");
    }
  }

  private static void fill(List<RocksBlockStore> stores) throws Exception {
    for (int from = 0; from < BLOCKS; from += BATCH) {
      List<Block> blocks = new ArrayList<>();
      for (int i = from; i < Math.min(BLOCKS, from + BATCH); i++) {
        blocks.add(block(i));
      }
      for (RocksBlockStore store : stores) {
        store.put(blocks, new PutOptions(false, false, 3));
      }
    }
  }

  private static Block block(int number) {
    byte[] bytes = ByteBuffer.allocate(64).putInt(number).array();
    return new Block(Cid.of(Codec.RAW, bytes), bytes);
  }
}
