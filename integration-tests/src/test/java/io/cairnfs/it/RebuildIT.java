package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How fast the blocks of a node are rebuilt: on its own wiped disk while files change, and on other
 * nodes when it stays away. The system property {@code cairn.rebuild.mebibytes} changes the amount.
 */
@Tag("extended")
@Timeout(3600)
final class RebuildIT {

  private static final long MEBIBYTES = Long.getLong("cairn.rebuild.mebibytes", 1024);
  private static final int MIB = 1 << 20;
  private static final int FILE_MIB = 64;
  private static final long PATIENCE_MILLIS = 1_800_000;
  private static final Duration READING = Duration.ofMinutes(15);
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration BEFORE = Duration.ofSeconds(30);

  /** So that all nodes are to hold everything that was written. */
  private static final String[] KEEP_GARBAGE = {"-o", "sweep=off"};

  private static final Pattern NODE =
      Pattern.compile("\"id\":\"([0-9a-f]+)\"[^}]*?\"blocks\":(\\d+),\"bytes\":(\\d+)");

  @Test
  void aNodeIsRebuilt() throws Exception {
    try (TestCluster cluster =
        TestCluster.startOptimised(
            4, "", "heads = \"journal\"\n[repair]\nrebuild-after = \"5s\"\n")) {
      Cairn cairn = Cairn.of(cluster).optimised();
      cairn.run("volume", "create", "photos", "--replication", "3").expect(0);
      String info = cairn.run("volume", "info", "photos").expect(0).out();
      TestNode victim =
          cluster.nodes().stream().filter(n -> !info.contains(n.id())).toList().getLast();
      try (TestMount mount = TestMount.of(cairn, "photos", KEEP_GARBAGE)) {
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
      assertTrue(bytes > 0);
      underLoad(
          cairn,
          load -> {
            victim.kill();
            victim.lose("db", "segments"); // not who it is, whom it knows and what it votes on
            long started = System.nanoTime();
            load.phase("while it gets its blocks again");
            victim.restart();
            await(cairn, victim.id(), bytes);
            print("a wiped node got its blocks again", bytes, started);
          });
      cluster.awaitWhole(cairn);
      long all = bytes(cairn, "");
      long share = bytes(cairn, victim.id());

      victim.kill();
      long started = System.nanoTime();
      await(cairn, "", all - 1); // of three nodes
      print("its blocks were rebuilt elsewhere, the grace of 5 s included", share, started);
      cairn.run(READING, "fsck", "photos", "--read").expect(0);
      assertEquals(all, bytes(cairn, ""));
    }
  }

  /** What is done to the cluster while files change, to which it has not been done before. */
  private interface Event {
    void happen(ChangingFiles load) throws Exception;
  }

  private static void underLoad(Cairn cairn, Event event) throws Exception {
    ChangingFiles load = new ChangingFiles(1);
    try (TestMount mount = TestMount.of(cairn, "photos", KEEP_GARBAGE)) {
      Path directory = Files.createDirectory(mount.directory().resolve("load"));
      FutureTask<Boolean> writer = load.start(directory);
      Thread.sleep(WARM_UP);
      load.phase("while nothing happens");
      Thread.sleep(BEFORE);
      event.happen(load);
      load.stop();
      assertTrue(writer.get());
      System.out.println(load.figures());
      load.check(directory);
      mount.unmount();
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
