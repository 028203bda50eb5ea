package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockClients;
import io.cairnfs.client.block.BlockCounters;
import io.cairnfs.client.block.Claims;
import io.cairnfs.client.block.DhtReplicas;
import io.cairnfs.client.block.PlacementSettings;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.node.head.RocksJournal;
import io.cairnfs.node.rocks.Column;
import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.node.store.Columns;
import io.cairnfs.node.store.RocksBlockStore;
import io.cairnfs.node.store.StoreSettings;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Identity;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One block of many that is missing on one of three nodes: what it costs to find and repair it. The
 * system property {@code cairn.repair.blocks} changes the number.
 */
@Tag("extended")
@Timeout(3600)
final class RepairScaleIT {

  private static final int BLOCKS = Integer.getInteger("cairn.repair.blocks", 1_000_000);
  private static final int BATCH = 1000;
  private static final int CANDIDATES = 20;
  private static final long CACHE_BYTES = 1 << 20;
  private static final Duration PUT = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration CONFIRMING = Duration.ofMinutes(40);

  /** What is not confirmed counts as missing after ten seconds. */
  private static final Duration SETTLE = Duration.ofSeconds(15);

  private static final Pattern COMPARED =
      Pattern.compile("compared with 2 nodes in \\d+ ms: [^\"]* (\\d+) blocks were not here");

  @Test
  void oneMissingBlock() throws Exception {
    try (TestCluster cluster = TestCluster.startOptimised(3, "", "")) {
      Cairn cairn = Cairn.of(cluster).optimised();
      cluster.awaitWhole(cairn);
      long started = System.nanoTime();
      fill(cluster);
      print(String.format("%,d blocks were put on three nodes", BLOCKS), started);
      awaitConfirmed(cluster);
      print("every node knew what the others have", started);

      TestNode victim = cluster.nodes().getLast();
      assertEquals(0, victim.terminate());
      Cid lost = block(BLOCKS / 3).cid();
      delete(victim.data(), lost);
      started = System.nanoTime();
      victim.restart();
      print("a node was started again, which lacks one of them", started);
      started = System.nanoTime();
      System.out.println("it has " + awaitComparison(victim, 1));
      cluster.awaitWhole(cairn);
      print("the cluster was whole", started);
      assertEquals(0, victim.terminate());
      assertTrue(has(victim.data(), lost));
      victim.restart();
      System.out.println("again, all the same, it has " + awaitComparison(victim, 0));
    }
  }

  /** So that no node learns what it lacks from the others' logs when it is started again. */
  private static void awaitConfirmed(TestCluster cluster) throws Exception {
    Thread.sleep(SETTLE);
    long deadline = System.nanoTime() + CONFIRMING.toNanos();
    int peers = cluster.nodes().size() - 1;
    for (TestNode node : cluster.nodes()) {
      while (!TestNode.isWhole(node.status(), peers)) {
        assertTrue(System.nanoTime() < deadline, node.status());
        Thread.sleep(500);
      }
    }
  }

  private static void print(String what, long startedNanos) {
    System.out.printf("%s after %.1f s%n", what, (System.nanoTime() - startedNanos) / 1e9);
  }

  private static void fill(TestCluster cluster) throws Exception {
    String address = cluster.nodes().getFirst().address();
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    try (ClusterClient client = ClusterClient.join(cluster.tokenFile(), port)) {
      BlockClient blocks =
          BlockClients.remote(
              client.transport(),
              new DhtReplicas(client.dht(), CANDIDATES),
              PlacementSettings.of(3),
              new Claims(VolumeId.of(Identity.generate().publicKey())),
              CACHE_BYTES,
              new BlockCounters());
      for (int from = 0; from < BLOCKS; from += BATCH) {
        List<Block> batch = new ArrayList<>();
        for (int i = from; i < Math.min(from + BATCH, BLOCKS); i++) {
          batch.add(block(i));
        }
        Deadline.await(
            PUT,
            () -> {
              blocks.put(batch);
              return true;
            });
      }
    }
  }

  private static Block block(int number) {
    byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    return new Block(Cid.of(Codec.RAW, bytes), bytes);
  }

  /** Waits until a node has compared itself with the others, and found that it lacks so much. */
  private static String awaitComparison(TestNode node, int lacking) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      Matcher matcher = COMPARED.matcher(node.status());
      if (matcher.find()) {
        assertEquals(lacking, Integer.parseInt(matcher.group(1)));
        return matcher.group();
      }
      Thread.sleep(50);
    }
    throw new AssertionError("it did not compare itself: " + node.status());
  }

  /** What is done with a store of a node that does not run. */
  private interface Use {
    boolean of(RocksBlockStore store) throws Exception;
  }

  private static boolean open(Path data, Use use) throws Exception {
    List<Column> columns = new ArrayList<>(Columns.ALL);
    columns.addAll(RocksJournal.COLUMNS);
    try (RocksDatabase database =
            RocksDatabase.open(data.resolve("db"), columns, RocksSettings.MODERATE);
        RocksBlockStore store =
            RocksBlockStore.open(database, data.resolve("segments"), StoreSettings.DEFAULT)) {
      return use.of(store);
    }
  }

  private static void delete(Path data, Cid cid) throws Exception {
    assertTrue(open(data, store -> store.delete(cid.key())));
  }

  private static boolean has(Path data, Cid cid) throws Exception {
    return open(data, store -> store.have(List.of(cid.key())).get(0));
  }
}
