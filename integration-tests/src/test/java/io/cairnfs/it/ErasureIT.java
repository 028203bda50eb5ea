package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Erasure coding on real nodes: what is cold takes half as much again as its data on their disks,
 * and outlives any two of them.
 */
@Timeout(900)
final class ErasureIT {

  private static final int MIB = 1 << 20;
  private static final int FILE_MIB = 4;

  /** A factor of 1.5 for the stripes, and a tenth for the tree, descriptions, and what is young. */
  private static final double RATIO = 1.6;

  private static final long IN_TIME_MILLIS = 300_000;

  /** Asking all nodes starts a program for each. */
  private static final long POLL_MILLIS = 1_000;

  private static final Pattern BYTES = Pattern.compile("\"blocks\":\\d+,\"bytes\":(\\d+)");

  /** That of the nodes is a second; collectors look now and then. */
  private static final long GRACE_IS_OVER_MILLIS = 10_000;

  private static final Path NOTHING = Path.of("/dev/null");

  private static final String SOON = "sweep=2s,stripe_after=1s,stripe=64m,tidy=off";

  @Test
  void twoOfSevenNodesMayDie() throws Exception {
    die(new int[][] {{2, 5}});
  }

  @Test
  @Tag("extended")
  void anyTwoOfSevenNodesMayDie() throws Exception {
    die(new int[][] {{0, 1}, {2, 5}, {3, 4}});
  }

  /** Few nodes, one voter that lives: pairs of the others die, one after the other. */
  private static void die(int[][] pairs) throws Exception {
    try (TestCluster cluster =
        TestCluster.start(operators(7), "grace = \"1s\"\n", "heads = \"journal\"\n")) {
      Cairn cairn = Cairn.of(cluster);
      TestNode voter = found(cluster, cairn);
      write(cluster, cairn, 6);
      List<TestNode> others = new ArrayList<>(cluster.nodes());
      others.remove(voter);
      for (int[] pair : pairs) {
        dieAndRead(cluster, cairn, List.of(others.get(pair[0]), others.get(pair[1])), 6);
      }
      cairn.run("fsck", "archive", "--read").expect(0);
    }
  }

  private static List<Cairn> operators(int count) throws Exception {
    List<Cairn> operators = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      operators.add(Cairn.operator());
    }
    return operators;
  }

  /** Founds the volume; returns the node that votes on it. */
  private static TestNode found(TestCluster cluster, Cairn cairn) throws Exception {
    cluster.awaitUp(cairn);
    cairn.run("volume", "create", "archive", "--erasure", "4+2").expect(0);
    String info = cairn.run("volume", "info", "archive").expect(0).out();
    assertTrue(info.contains("4+2"), info);
    return cluster.nodes().stream().filter(n -> info.contains(n.id())).findFirst().orElseThrow();
  }

  private static byte[] content(int seed) {
    byte[] content = new byte[FILE_MIB * MIB];
    new Random(seed).nextBytes(content);
    return content;
  }

  /** Writes files, and waits until only what they need as stripes is left. */
  private static void write(TestCluster cluster, Cairn cairn, int files) throws Exception {
    try (TestMount mount = TestMount.of(cairn, "archive", "-o", SOON)) {
      for (int i = 0; i < files; i++) {
        Files.write(mount.directory().resolve("file" + i), content(i));
      }
      awaitBytes(cluster, files);
      mount.unmount();
    }
  }

  private static void awaitBytes(TestCluster cluster, int files) throws Exception {
    long live = (long) files * FILE_MIB * MIB;
    long unused = await(cluster, bytes -> bytes >= 2 * live); // with replicas, at first
    long now = await(cluster, bytes -> bytes <= RATIO * live);
    System.out.printf(
        "erasure: %d MiB of files take %.1f MiB on the nodes, %.2f times as much%n",
        live / MIB, now / (double) MIB, now / (double) live);
  }

  private static void dieAndRead(TestCluster cluster, Cairn cairn, List<TestNode> dead, int files)
      throws Exception {
    dead.forEach(TestNode::strike);
    for (TestNode node : dead) {
      node.kill();
    }
    read(cairn, files);
    for (TestNode node : dead) {
      node.restart();
    }
    cluster.awaitUp(cairn);
  }

  /** Reads everything through a mount that has nothing in memory. */
  private static void read(Cairn cairn, int files) throws Exception {
    try (TestMount mount = TestMount.of(cairn, "archive", "-o", "ro")) {
      long started = System.nanoTime();
      check(mount, files);
      System.out.printf(
          "erasure: read with two nodes down at %.0f MiB/s, %s%n",
          files * FILE_MIB * 1e9 / (System.nanoTime() - started), rebuilt(mount));
      mount.unmount();
    }
  }

  private static void check(TestMount mount, int files) throws Exception {
    for (int i = 0; i < files; i++) {
      Path file = mount.directory().resolve("file" + i);
      assertArrayEquals(content(i), Files.readAllBytes(file), file.toString());
    }
  }

  private static String rebuilt(TestMount mount) throws Exception {
    return Files.readAllLines(mount.directory().resolve(".cairn/stats")).stream()
        .filter(line -> line.startsWith("cairn_block_rebuilt"))
        .findFirst()
        .orElse("");
  }

  /** What all nodes hold together, once it is as wanted. */
  private static long await(TestCluster cluster, LongPredicate goal) throws Exception {
    long deadline = System.nanoTime() + IN_TIME_MILLIS * 1_000_000;
    while (true) {
      long now = bytes(cluster);
      if (goal.test(now)) {
        return now;
      }
      assertTrue(System.nanoTime() < deadline, now + " bytes are on the nodes");
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static long bytes(TestCluster cluster) throws Exception {
    long sum = 0;
    for (TestNode node : cluster.nodes()) {
      if (node.isRunning()) {
        Matcher bytes = BYTES.matcher(node.status());
        sum += bytes.find() ? Long.parseLong(bytes.group(1)) : 0;
      }
    }
    return sum;
  }

  /** Nodes die for good, and leave: the others make their shards again, so that more may die. */
  @Test
  @Tag("extended")
  void shardsAreMadeAgainElsewhere() throws Exception {
    String settings = "heads = \"journal\"\n[repair]\nrebuild-after = \"3s\"\ncompare = \"8s\"\n";
    try (TestCluster cluster = TestCluster.start(operators(9), "grace = \"1s\"\n", settings)) {
      Cairn cairn = Cairn.of(cluster);
      TestNode voter = found(cluster, cairn);
      int files = 12;
      write(cluster, cairn, files);
      long before = bytes(cluster);
      List<TestNode> others = new ArrayList<>(cluster.nodes());
      others.remove(voter);
      for (TestNode node : others.subList(0, 2)) {
        node.kill(); // for good
      }
      awaitRebuilt(cluster, cairn, before);
      read(cairn, files);
      TestNode leaving = others.get(2);
      cairn.run("node", "drain", leaving.id()).expect(0);
      assertEquals(0, leaving.terminate());
      awaitRebuilt(cluster, cairn, before);
      for (TestNode node : others.subList(3, 5)) {
        node.strike();
        node.kill();
      }
      read(cairn, files);
    }
  }

  /** What is in stripes is a file's content as any other, for who clones, sends and mends it. */
  @Test
  @Tag("extended")
  void stripesAreClonedSentAndMended() throws Exception {
    int files = 4;
    String settings = "heads = \"journal\"\n[repair]\nrebuild-after = \"1h\"\ncompare = \"1h\"\n";
    try (TestCluster cluster = TestCluster.start(operators(7), "grace = \"1s\"\n", settings)) {
      Cairn cairn = Cairn.of(cluster);
      TestNode voter = found(cluster, cairn);
      write(cluster, cairn, files);
      cairn.run("volume", "snapshot", "create", "archive", "cold").expect(0);
      cairn.run("volume", "clone", "archive@cold", "copy").expect(0);
      Path sent = cairn.home().resolve("archive.car");
      cairn.run(NOTHING, sent, "volume", "send", "archive@cold").expect(0);
      Cairn other = Cairn.embedded();
      other.run(sent, other.home().resolve("received"), "volume", "receive", "default").expect(0);
      try (TestMount mount = TestMount.embedded(other)) {
        check(mount, files);
        mount.unmount();
      }

      String votes = cairn.run("volume", "info", "copy").expect(0).out() + voter.id();
      TestNode wiped =
          cluster.nodes().stream().filter(n -> !votes.contains(n.id())).findFirst().orElseThrow();
      wiped.strike();
      wiped.kill();
      wiped.lose("db", "segments");
      wiped.restart();
      cluster.awaitUp(cairn);
      int mended = cairn.run("fsck", "archive", "--read", "--repair").exitCode();
      assertTrue(mended == 0 || mended == 1, "fsck says " + mended); // nodes may have been faster
      cairn.run("fsck", "archive", "--read").expect(0);

      try (TestMount mount = TestMount.of(cairn, "archive", "-o", SOON)) {
        for (int i = 0; i < files; i++) {
          Files.delete(mount.directory().resolve("file" + i));
        }
        mount.unmount();
      }
      cairn.run("volume", "snapshot", "delete", "archive", "cold", "--yes").expect(0);
      cairn.run("gc", "archive", "--yes").expect(0);
      Thread.sleep(GRACE_IS_OVER_MILLIS);
      cairn.run("fsck", "copy", "--read").expect(0);
      try (TestMount mount = TestMount.of(cairn, "copy", "-o", "ro")) {
        check(mount, files);
        mount.unmount();
      }
    }
  }

  /** Until as much is on the nodes that are up as was before, and they miss nothing. */
  private static void awaitRebuilt(TestCluster cluster, Cairn cairn, long bytes) throws Exception {
    long slack = bytes / 10;
    await(cluster, now -> Math.abs(now - bytes) <= slack);
    long deadline = System.nanoTime() + IN_TIME_MILLIS * 1_000_000;
    while (cairn.run("fsck", "archive", "--read").exitCode() != 0) {
      assertTrue(System.nanoTime() < deadline, () -> "not whole in time");
      Thread.sleep(1000);
    }
  }
}
