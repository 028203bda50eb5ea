package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How fast the blocks of a node are rebuilt: on its own wiped disk, and on other nodes when it
 * stays away. The system property {@code cairn.rebuild.mebibytes} changes the amount.
 */
@Tag("extended")
@Timeout(3600)
final class RebuildIT {

  private static final long MEBIBYTES = Long.getLong("cairn.rebuild.mebibytes", 1024);
  private static final int MIB = 1 << 20;
  private static final int FILE_MIB = 64;
  private static final long PATIENCE_MILLIS = 1_800_000;
  private static final Pattern NODE =
      Pattern.compile("\"id\":\"([0-9a-f]+)\"[^}]*?\"blocks\":(\\d+),\"bytes\":(\\d+)");

  @Test
  void aNodeIsRebuilt() throws Exception {
    try (TestCluster cluster =
        TestCluster.start(4, "heads = \"journal\"\n[repair]\nrebuild-after = \"5s\"\n")) {
      Cairn cairn = Cairn.of(cluster);
      cairn.run("volume", "create", "photos", "--replication", "3").expect(0);
      String info = cairn.run("volume", "info", "photos").expect(0).out();
      TestNode victim =
          cluster.nodes().stream().filter(n -> !info.contains(n.id())).toList().getLast();
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        long started = System.nanoTime();
        for (int i = 0; (long) i * FILE_MIB < MEBIBYTES; i++) {
          byte[] content = new byte[FILE_MIB * MIB];
          new Random(i).nextBytes(content);
          Files.write(mount.directory().resolve("file" + i), content);
        }
        mount.unmount();
        print("written", MEBIBYTES * MIB, started);
      }
      cluster.awaitWhole(cairn);
      long bytes = bytes(cairn, victim.id());
      long all = bytes(cairn, "");
      assertTrue(bytes > 0);

      victim.kill();
      victim.lose("db", "segments"); // not who it is, whom it knows and what it votes on
      long started = System.nanoTime();
      victim.restart();
      await(cairn, victim.id(), bytes);
      print("a wiped node got its blocks again", bytes, started);
      cluster.awaitWhole(cairn);

      victim.kill();
      started = System.nanoTime();
      await(cairn, "", all - 1); // of three nodes
      print("its blocks were rebuilt elsewhere, the grace of 5 s included", bytes, started);
      cairn.run("fsck", "photos", "--read").expect(0);
      assertEquals(all, bytes(cairn, ""));
    }
  }

  private static void print(String what, long bytes, long startedNanos) {
    double seconds = (System.nanoTime() - startedNanos) / 1e9;
    System.out.printf(
        "%s: %d MiB in %.1f s, %.0f MB/s%n", what, bytes / MIB, seconds, bytes / 1e6 / seconds);
  }

  /** What a node holds; all of them for an empty id. */
  private static long bytes(Cairn cairn, String id) throws Exception {
    Matcher nodes = NODE.matcher(cairn.run("status", "--json").out());
    long sum = 0;
    while (nodes.find()) {
      sum += nodes.group(1).startsWith(id) ? Long.parseLong(nodes.group(3)) : 0;
    }
    return sum;
  }

  private static void await(Cairn cairn, String id, long bytes) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
    while (bytes(cairn, id) < bytes) {
      assertTrue(System.nanoTime() < deadline, "not in time");
      Thread.sleep(500);
    }
  }
}
