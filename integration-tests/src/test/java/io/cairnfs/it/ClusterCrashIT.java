package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A volume on three nodes under load: its client is killed, or a node and then the client, or
 * everything at once, at random moments. What is there afterwards must be a point in its history.
 */
class ClusterCrashIT {

  private static final int NODES = 3;

  /** Each disaster. */
  private static final int SEEDS = 3;

  private static final int EXTENDED_SEEDS = 60;
  private static final int UNSAFE_SEEDS = 20;
  private static final int MAX_AWAY_MILLIS = 1500;
  private static final int MAX_BACK_MILLIS = 1000;

  @Test
  @Timeout(300)
  void crashesLeaveAPointInHistory() throws Exception {
    crash(1, SEEDS);
  }

  @Test
  @Tag("extended")
  @Timeout(3600)
  void manyCrashesLeaveAPointInHistory() throws Exception {
    crash(1000, EXTENDED_SEEDS);
  }

  private static void crash(long firstSeed, int seeds) throws Exception {
    try (TestCluster cluster = TestCluster.start(NODES);
        CrashMount mount = newMount(cluster, true)) {
      mount.start();
      for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
        CrashTrial.Disaster disaster =
            switch ((int) (seed % NODES)) {
              case 0 -> new ClientDies(mount);
              case 1 -> new NodeDies(mount, node(cluster, seed));
              default -> new EverythingDies(mount, cluster);
            };
        Optional<String> objection = new CrashTrial(mount, seed).objection(disaster);
        assertTrue(objection.isEmpty(), "seed " + seed + ": " + objection.orElse(""));
      }
      cluster.awaitWhole(Cairn.of(cluster));
    }
  }

  /** Each in its turn. */
  private static TestNode node(TestCluster cluster, long seed) {
    return cluster.nodes().get((int) (seed / NODES % NODES));
  }

  /**
   * The twin: without the safeguard, the same test must notice. {@link CrashIT} has a quick one.
   */
  @Test
  @Tag("extended")
  @Timeout(300)
  void commitsThatDoNotWaitForTheirBlocksAreNoticed() throws Exception {
    try (TestCluster cluster = TestCluster.start(NODES);
        CrashMount mount = newMount(cluster, false)) {
      mount.start();
      for (long seed = 1; seed <= UNSAFE_SEEDS; seed++) {
        if (new CrashTrial(mount, seed).objection(new ClientDies(mount)).isPresent()) {
          return;
        }
      }
      fail("commits were sent before their blocks, and no crash showed it");
    }
  }

  private static CrashMount newMount(TestCluster cluster, boolean safe)
      throws IOException, InterruptedException {
    Cairn cairn = Cairn.of(cluster);
    cluster.awaitUp(cairn);
    String volume = cairn.run("volume", "create", "test").expect(0).out().strip();
    cluster.awaitVoters(cairn, "test");
    String address = cluster.nodes().getFirst().address();
    String port = address.substring(address.lastIndexOf(':') + 1);
    return new CrashMount(
        ClusterMountMain.class, List.of(cluster.tokenFile().toString(), port, volume), safe);
  }

  private record ClientDies(CrashMount mount) implements CrashTrial.Disaster {

    @Override
    public void strike(Random random, Thread load) throws InterruptedException {
      mount.kill();
    }

    @Override
    public void recover() throws IOException {
      mount.start();
    }

    @Override
    public String toString() {
      return "the client dies";
    }
  }

  /** The mount goes on while the node is away, and is killed some time after its return. */
  private record NodeDies(CrashMount mount, TestNode node) implements CrashTrial.Disaster {

    @Override
    public void strike(Random random, Thread load) throws IOException, InterruptedException {
      node.kill();
      TimeUnit.MILLISECONDS.sleep(random.nextInt(MAX_AWAY_MILLIS));
      node.restart();
      TimeUnit.MILLISECONDS.sleep(random.nextInt(MAX_BACK_MILLIS));
      assertTrue(load.isAlive(), "an operation failed because one node was away");
      mount.kill();
    }

    @Override
    public void recover() throws IOException {
      mount.start();
    }

    @Override
    public String toString() {
      return "node " + node.id() + " dies";
    }
  }

  private record EverythingDies(CrashMount mount, TestCluster cluster)
      implements CrashTrial.Disaster {

    @Override
    public void strike(Random random, Thread load) throws InterruptedException {
      cluster.kill();
      mount.kill();
    }

    @Override
    public void recover() throws IOException, InterruptedException {
      cluster.restart();
      mount.start();
    }

    @Override
    public String toString() {
      return "everything dies";
    }
  }
}
