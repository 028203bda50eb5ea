package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Nodes that die for good, join, return and are drained, while the blocks stay where they should.
 */
@Timeout(600)
final class MembershipIT {

  private static final int FILES = 30;
  private static final int FILE_BYTES = 300_000;
  private static final int REPLICATION = 3;
  private static final long IN_TIME_MILLIS = 120_000;
  private static final String SETTINGS =
      "heads = \"journal\"\n[repair]\nrebuild-after = \"2s\"\ncompare = \"8s\"\n";
  private static final Pattern BLOCKS = Pattern.compile("\"blocks\":(\\d+)");

  @Test
  void blocksFollowTheMembership() throws Exception {
    try (TestCluster cluster = TestCluster.start(4, SETTINGS)) {
      Cairn cairn = Cairn.of(cluster);
      cairn.run("volume", "create", "photos", "--replication", "" + REPLICATION).expect(0);
      String info = cairn.run("volume", "info", "photos").expect(0).out();
      List<TestNode> others =
          cluster.nodes().stream().filter(node -> !info.contains(node.id())).toList();
      TestNode voter = cluster.nodes().stream().filter(n -> !others.contains(n)).toList().get(0);
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        for (int i = 0; i < FILES; i++) {
          Files.write(mount.directory().resolve("file" + i), content(i));
          if (i == FILES / 2) {
            others.get(0).kill(); // others take what is its own, until it is back
          }
        }
        mount.unmount();
        long copies = awaitWhole(cluster, 3, -1);
        others.get(0).restart();
        awaitWhole(cluster, 4, copies);
        cluster.join();
        awaitWhole(cluster, 5, copies);

        cairn.run("node", "drain", voter.address()).expect(1).complains("only voter");
        TestNode leaving = others.get(1);
        cairn.run("node", "drain", leaving.id().substring(0, 12), "--detach").expect(0);
        cairn.run("node", "drain", leaving.id(), "--cancel").expect(0);
        awaitWhole(cluster, 5, copies);
        Cairn.Result drained =
            cairn.run("node", "drain", "--data", leaving.data().toString()).expect(0);
        assertTrue(drained.out().contains("drained"), drained::toString);
        assertEquals(0, leaving.terminate());
        awaitWhole(cluster, 4, copies);
        cairn.run("fsck", "photos", "--read").expect(0);
      }
    }
  }

  private static byte[] content(int seed) {
    byte[] content = new byte[FILE_BYTES];
    new Random(seed).nextBytes(content);
    return content;
  }

  /**
   * Waits until so many nodes are all that there are, and nothing is missing.
   *
   * @param copies how many copies all blocks together should then have; negative for any number
   * @return how many they have
   */
  private static long awaitWhole(TestCluster cluster, int nodes, long copies) throws Exception {
    long started = System.nanoTime();
    while (true) {
      List<String> statuses = new ArrayList<>();
      for (TestNode node : cluster.nodes()) {
        if (node.isRunning()) {
          statuses.add(node.status());
        }
      }
      long now = statuses.stream().mapToLong(MembershipIT::blocks).sum();
      boolean whole =
          statuses.size() == nodes
              && statuses.stream().allMatch(status -> TestNode.isWhole(status, nodes - 1));
      if (whole && (copies < 0 ? now > 0 && now % REPLICATION == 0 : now == copies)) {
        System.out.printf(
            "%d nodes hold %d copies after %d ms%n",
            nodes, now, (System.nanoTime() - started) / 1_000_000);
        return now;
      }
      assertTrue(
          System.nanoTime() - started < IN_TIME_MILLIS * 1_000_000,
          () -> now + " copies of " + copies + ": " + statuses);
      Thread.sleep(100);
    }
  }

  private static long blocks(String status) {
    Matcher blocks = BLOCKS.matcher(status);
    return blocks.find() ? Long.parseLong(blocks.group(1)) : 0;
  }
}
