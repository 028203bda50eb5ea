package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What garbage takes of disks, and its collection of writers, on three nodes with three replicas.
 * Prints. The system properties {@code cairn.garbage.mebibytes} and {@code cairn.garbage.minutes}
 * make it larger and longer.
 */
@Tag("extended")
@Timeout(7200)
final class GarbageFiguresIT {

  private static final int MIB = 1 << 20;
  private static final int REPLICAS = 3;
  private static final long MEBIBYTES = Long.getLong("cairn.garbage.mebibytes", 1024);
  private static final Duration DURATION =
      Duration.ofMinutes(Long.getLong("cairn.garbage.minutes", 3));
  private static final int FILE_MIB = 64;
  private static final long SEED = 1;
  private static final Duration IN_TIME = Duration.ofMinutes(2);
  private static final Duration READING = Duration.ofMinutes(10);
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration PHASE = Duration.ofSeconds(50);
  private static final int SNAPSHOTS_KEPT = 2;

  @Test
  void whatIsDeletedComesBackToDf() throws Exception {
    try (TestCluster cluster = TestCluster.startOptimised(3, "grace = \"10s\"\n", "")) {
      Cairn cairn = Cairn.of(cluster).optimised();
      cluster.awaitUp(cairn);
      cairn.run("volume", "create", "photos", "--replication", "3").expect(0);
      try (TestMount mount = TestMount.of(cairn, "photos", "-o", "sweep=5s")) {
        long before = usable(mount.directory());
        for (int i = 0; (long) i * FILE_MIB < MEBIBYTES; i++) {
          byte[] content = new byte[FILE_MIB * MIB];
          new Random(i).nextBytes(content);
          Files.write(mount.directory().resolve("file" + i), content);
        }
        long full = REPLICAS * MEBIBYTES * MIB;
        DiskUse.await(cluster, now -> now >= full);
        // Nodes on one disk see it go three times, and the replicas are three.
        long left = awaitUsable(mount.directory(), before - full * 9 / 10, false);
        long started = System.nanoTime();
        for (int i = 0; (long) i * FILE_MIB < MEBIBYTES; i++) {
          Files.delete(mount.directory().resolve("file" + i));
        }
        DiskUse.await(cluster, now -> now <= full / 10);
        double seconds = (System.nanoTime() - started) / 1e9;
        long now = awaitUsable(mount.directory(), left + (before - left) * 9 / 10, true);
        System.out.printf(
            "%d MiB deleted: the disks have them after %.1f s, a grace of 10 s included; df has %d"
                + " of %d MiB again after %.1f s%n",
            MEBIBYTES,
            seconds,
            (now - left) / MIB,
            (before - left) / MIB,
            (System.nanoTime() - started) / 1e9);
        mount.unmount();
      }
    }
  }

  /**
   * Waits until a mount says that so many bytes are free at least, or at most; returns how many.
   */
  private static long awaitUsable(Path mounted, long bytes, boolean least) throws Exception {
    long deadline = System.nanoTime() + IN_TIME.toNanos();
    long now = usable(mounted);
    while (least ? now < bytes : now > bytes) {
      assertTrue(System.nanoTime() < deadline, "df says " + now + " and not " + bytes);
      Thread.sleep(500);
      now = usable(mounted);
    }
    return now;
  }

  private static long usable(Path mounted) throws Exception {
    return Files.getFileStore(mounted).getUsableSpace();
  }

  @Test
  void filesComeAndGoBetweenSnapshots() throws Exception {
    System.out.println("seed " + SEED + ", " + DURATION);
    try (TestCluster cluster = TestCluster.startOptimised(3, "grace = \"5s\"\n", "")) {
      Cairn cairn = Cairn.of(cluster).optimised();
      cluster.awaitUp(cairn);
      cairn.run("volume", "create", "photos", "--replication", "3").expect(0);
      ChangingFiles files = new ChangingFiles(SEED);
      Deque<String> snapshots = new ArrayDeque<>();
      long end = System.nanoTime() + DURATION.toNanos();
      for (int phase = 0; System.nanoTime() < end; phase++) {
        change(cairn, files, phase % 2 == 1);
        snapshots.add("s" + phase);
        cairn.run("volume", "snapshot", "create", "photos", snapshots.getLast()).expect(0);
        if (snapshots.size() > SNAPSHOTS_KEPT) {
          delete(cairn, snapshots.removeFirst());
        }
      }
      System.out.println(files.figures());
      System.out.printf(
          "with %d snapshots, before the last sweep: %.2f times what is live%n",
          SNAPSHOTS_KEPT, times(DiskUse.bytes(cluster), files));
      cairn.run(READING, "fsck", "photos", "--read").expect(0); // snapshots, too
      for (String snapshot : snapshots) {
        delete(cairn, snapshot);
      }
      cairn.run("gc", "photos", "--yes").expect(0);
      DiskUse.await(cluster, now -> times(now, files) <= 1.3);
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        files.check(mount.directory());
        mount.unmount();
      }
      cairn.run(READING, "fsck", "photos", "--read").expect(0);
    }
  }

  /** A mount for each phase; what it does while it is young is not compared. */
  private static void change(Cairn cairn, ChangingFiles files, boolean sweeps) throws Exception {
    String sweep = sweeps ? "sweep=5s" : "sweep=off";
    try (TestMount mount = TestMount.of(cairn, "photos", "-o", sweep)) {
      files.phase("in young mounts");
      FutureTask<Boolean> writer = files.start(mount.directory());
      Thread.sleep(WARM_UP);
      files.phase(sweeps ? "with a sweep every five seconds" : "without sweeps");
      Thread.sleep(PHASE);
      files.stop();
      assertTrue(writer.get());
      mount.unmount();
    }
  }

  private static void delete(Cairn cairn, String snapshot) throws Exception {
    cairn.run("volume", "snapshot", "delete", "photos", snapshot, "--yes").expect(0);
  }

  private static double times(long bytes, ChangingFiles files) {
    return (double) bytes / (REPLICAS * files.liveBytes());
  }
}
