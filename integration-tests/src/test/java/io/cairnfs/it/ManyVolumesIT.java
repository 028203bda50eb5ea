package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Very many volumes on three nodes: what one that nobody uses costs. Prints figures. */
@Timeout(3600)
final class ManyVolumesIT {

  /** As many as one cell hosts. */
  private static final int VOLUMES = Integer.getInteger("cairn.volumes", 10_000);

  private static final int AT_ONCE = 1000;
  private static final Duration SETTLE = Duration.ofSeconds(20);
  private static final Duration IDLE = Duration.ofSeconds(40);

  /** Of CPU time in /proc. */
  private static final long TICKS_PER_SECOND = 100;

  /** What the nodes take together. */
  private record Cost(long heapBytes, long residentBytes, double cpuPerSecond) {}

  @Test
  @Tag("extended")
  void idleVolumesCostNextToNothing() throws Exception {
    try (TestCluster cluster = TestCluster.start(3)) {
      Cairn cairn = Cairn.of(cluster);
      cluster.awaitUp(cairn);
      cairn.run("volume", "create", "first").expect(0);
      cluster.awaitVoters(cairn, "first");
      Cost before = idle(cluster);

      long start = System.nanoTime();
      for (int from = 1; from < VOLUMES; from += AT_ONCE) {
        List<String> words = new ArrayList<>(List.of("volume", "create"));
        for (int i = from; i < Math.min(VOLUMES, from + AT_ONCE); i++) {
          words.add("volume-" + i);
        }
        cairn.run(words.toArray(String[]::new)).expect(0);
      }
      double seconds = seconds(start);
      System.out.printf(
          "%,d volumes: created in %.1f s, %.0f a second%n", VOLUMES, seconds, VOLUMES / seconds);

      Cost after = idle(cluster);
      System.out.printf(
          "each volume takes %.0f bytes of a node's heap, %.0f of its resident memory;"
              + " idle CPU of three nodes %.1f ms a second without them, %.1f with them%n",
          perVolume(after.heapBytes() - before.heapBytes()),
          perVolume(after.residentBytes() - before.residentBytes()),
          1000 * before.cpuPerSecond(),
          1000 * after.cpuPerSecond());

      start = System.nanoTime();
      String list = cairn.run("volume", "list").expect(0).out();
      System.out.printf("listed in %.1f s%n", seconds(start));
      assertEquals(VOLUMES, list.lines().count());

      cluster.kill();
      start = System.nanoTime();
      cluster.restart();
      cluster.awaitUp(cairn); // who asks sooner is told which nodes are down
      cairn.run("volume", "info", "volume-" + (VOLUMES - 1)).expect(0);
      System.out.printf("there again %.1f s after a restart of everything%n", seconds(start));
      assertTrue(after.heapBytes() > before.heapBytes(), "nothing was measured");
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static double perVolume(long bytes) {
    return bytes / 3.0 / VOLUMES;
  }

  private static Cost idle(TestCluster cluster) throws IOException, InterruptedException {
    Thread.sleep(SETTLE);
    long heap = 0;
    for (TestNode node : cluster.nodes()) {
      heap += liveHeap(node.pid());
    }
    Thread.sleep(SETTLE);
    long before = cpuTicks(cluster);
    Thread.sleep(IDLE);
    double cpu = (cpuTicks(cluster) - before) / (double) TICKS_PER_SECOND / IDLE.toSeconds();
    long resident = 0;
    for (TestNode node : cluster.nodes()) {
      resident += residentBytes(node.pid());
    }
    return new Cost(heap, resident, cpu);
  }

  /** After a full collection. */
  private static long liveHeap(long pid) throws IOException {
    String out = JavaProcess.jcmd(pid, "GC.class_histogram");
    // "Total  <instances>  <bytes>"
    String total = out.lines().filter(line -> line.startsWith("Total")).findFirst().orElseThrow();
    return Long.parseLong(total.strip().split("\\s+", -1)[2]);
  }

  private static long cpuTicks(TestCluster cluster) throws IOException {
    long ticks = 0;
    for (TestNode node : cluster.nodes()) {
      String stat = Files.readString(Path.of("/proc/" + node.pid() + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
    return ticks;
  }

  private static long residentBytes(long pid) throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
            .filter(one -> one.startsWith("VmRSS"))
            .findFirst()
            .orElseThrow();
    return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
  }
}
