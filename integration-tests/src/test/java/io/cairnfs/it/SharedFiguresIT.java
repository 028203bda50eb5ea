package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairnfs.client.block.BlockClients;
import io.cairnfs.client.block.BlockCounters;
import io.cairnfs.client.block.Claims;
import io.cairnfs.client.block.DhtReplicas;
import io.cairnfs.client.block.PlacementSettings;
import io.cairnfs.client.head.RemoteHead;
import io.cairnfs.client.head.RemoteSnapshots;
import io.cairnfs.client.history.VolumeHistory;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.VolumeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How fast volumes with one mount and with two are, on three nodes of this machine. Prints. */
@Timeout(7200)
final class SharedFiguresIT {

  private static final int FILES = Integer.getInteger("cairn.files", 1_000_000);
  private static final int PER_DIRECTORY = 10_000;
  private static final int ALONE = 20_000;
  private static final int TOGETHER = 2_000;
  private static final int SYNCED = 500;
  private static final int WARM_UP = 20_000;
  private static final int COMMITS = 2_000;
  private static final int CHANGES = 10;
  private static final int REPEATS = 5;
  private static final int CANDIDATES = 20;
  private static final long CACHE_BYTES = 32L << 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Something done many times. */
  private interface Step {
    void run(int number) throws Exception;
  }

  @Test
  @Tag("extended")
  void print() throws Exception {
    try (TestCluster cluster = TestCluster.startOptimised(3, "", "")) {
      Cairn cairn = Cairn.of(cluster).optimised();
      cluster.awaitUp(cairn);
      VolumeId volume =
          VolumeId.parse(cairn.run("volume", "create", "photos").expect(0).out().strip());
      cluster.awaitVoters(cairn, "photos");
      try (ClusterClient client = ClusterClient.join(cluster.tokenFile(), port(cluster))) {
        commits(cairn, client);
        try (TestMount one = TestMount.of(cairn, "photos")) {
          alone(one.directory());
          try (TestMount two = TestMount.of(cairn, "photos")) {
            together(one.directory(), two.directory());
            two.unmount();
          }
          history(one, client, volume);
          one.unmount();
        }
      }
    }
  }

  private static int port(TestCluster cluster) {
    String address = cluster.nodes().getFirst().address();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  /** Commits of one small transaction each, without a mount. */
  private static void commits(Cairn cairn, ClusterClient client) throws Exception {
    VolumeId volume = VolumeId.parse(cairn.run("volume", "create", "bare").expect(0).out().strip());
    RemoteHead head = new RemoteHead(client.transport(), client.nodes());
    SessionId session = SessionId.random();
    head.open(volume, session, "figures", TIMEOUT);
    Commit commit = new Commit(0, List.of(), List.of(), Usage.NONE, new byte[200]);
    long[] nanos = new long[COMMITS];
    timed(nanos, WARM_UP, i -> head.commit(volume, session, i + 1, i, List.of(commit), TIMEOUT));
    head.close(volume, session, TIMEOUT);
    print("commit of one transaction", nanos);
  }

  private static void alone(Path mounted) throws Exception {
    Path directory = Files.createDirectory(mounted.resolve("alone"));
    rate("one mount alone creates", ALONE, i -> Files.createFile(directory.resolve("f" + i)));
    long[] nanos = new long[SYNCED];
    timed(nanos, SYNCED, i -> writeSynced(directory.resolve("s" + i)));
    print("create, write 4 KiB, fsync, close", nanos);
    try (FileChannel file =
        FileChannel.open(
            directory.resolve("appended"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      timed(
          nanos,
          0,
          i -> {
            file.write(ByteBuffer.allocate(100));
            file.force(true);
          });
      print("write 100 bytes, fsync", nanos);
    }
  }

  private static void writeSynced(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(4096));
      channel.force(true);
    }
  }

  private static void together(Path one, Path two) throws Exception {
    Files.createDirectory(one.resolve("of-one"));
    Files.createDirectory(two.resolve("of-two"));
    Files.createDirectory(one.resolve("shared"));
    both("two mounts in different directories create", one, "of-one", two, "of-two");
    long before = conflicts(one) + conflicts(two);
    both("two mounts in one directory create", one, "shared", two, "shared");
    System.out.printf(
        "conflicts of %,d creations by two mounts in one directory: %d%n",
        2 * TOGETHER, conflicts(one) + conflicts(two) - before);
    long[] nanos = new long[SYNCED];
    timed(nanos, 0, i -> writeSynced(one.resolve("shared").resolve("s" + i)));
    print("beside another mount: create, write 4 KiB, fsync, close", nanos);
  }

  private static void both(String what, Path one, String inOne, Path two, String inTwo)
      throws Exception {
    rate(
        what,
        2 * TOGETHER,
        () -> {
          CompletableFuture<Void> other =
              CompletableFuture.runAsync(() -> create(two.resolve(inTwo), "b"));
          create(one.resolve(inOne), "a");
          other.get();
        });
  }

  private static void create(Path directory, String prefix) {
    try {
      for (int i = 0; i < TOGETHER; i++) {
        Files.createFile(directory.resolve(prefix + i));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long conflicts(Path mounted) throws IOException {
    return Files.readAllLines(mounted.resolve(".cairn/stats")).stream()
        .filter(line -> line.startsWith("cairn_transactions_conflicts "))
        .mapToLong(line -> Long.parseLong(line.split(" ", -1)[1]))
        .findFirst()
        .orElseThrow();
  }

  private static void history(TestMount mount, ClusterClient client, VolumeId volume)
      throws Exception {
    Path many = Files.createDirectory(mount.directory().resolve("many"));
    rate(
        "a volume is filled:",
        FILES,
        i -> {
          Path directory = many.resolve("d" + i / PER_DIRECTORY);
          if (i % PER_DIRECTORY == 0) {
            Files.createDirectory(directory);
          }
          Files.createFile(directory.resolve("f" + i));
        });
    VolumeHistory history =
        new VolumeHistory(
            new RemoteHead(client.transport(), client.nodes()),
            new RemoteSnapshots(client.transport(), client.nodes()),
            volume,
            BlockClients.remote(
                client.transport(),
                new DhtReplicas(client.dht(), CANDIDATES),
                PlacementSettings.of(3),
                new Claims(volume),
                CACHE_BYTES,
                new BlockCounters()),
            "figures");
    String where = String.format("of a volume with %,d files", FILES);
    history.create("warm-up");
    long[] creating = new long[REPEATS];
    timed(creating, 0, i -> history.create("s" + i));
    print("snapshot " + where, creating);
    long[] diffs = new long[REPEATS];
    for (int round = 0; round < REPEATS; round++) {
      String from = "before-" + round;
      history.create(from);
      for (int i = 0; i < CHANGES; i++) {
        Files.createFile(many.resolve("d" + i).resolve("new-" + round));
      }
      history.create("after-" + round);
      history.pinned(from);
      history.pinned("after-" + round);
      long start = System.nanoTime();
      int changes = history.diff(from, "after-" + round).size();
      diffs[round] = System.nanoTime() - start;
      assertEquals(CHANGES, changes, "not the directories that they are in");
    }
    print("diff of ten changes " + where, diffs);
  }

  /** Something done once. */
  private interface Work {
    void run() throws Exception;
  }

  private static void rate(String what, int count, Step step) throws Exception {
    rate(
        what,
        count,
        () -> {
          for (int i = 0; i < count; i++) {
            step.run(i);
          }
        });
  }

  private static void rate(String what, int count, Work work) throws Exception {
    long start = System.nanoTime();
    work.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf("%s %,.0f files a second%n", what, count / seconds);
  }

  /** Times each step, after some that are not. */
  private static void timed(long[] nanos, int warmUp, Step step) throws Exception {
    for (int i = 0; i < warmUp + nanos.length; i++) {
      long start = System.nanoTime();
      step.run(i);
      if (i >= warmUp) {
        nanos[i - warmUp] = System.nanoTime() - start;
      }
    }
  }

  private static void print(String what, long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    System.out.printf(
        "%s: p50 %.2f ms, p99 %.2f ms%n",
        what, sorted[sorted.length / 2] / 1e6, sorted[sorted.length * 99 / 100] / 1e6);
  }
}
