package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;

/** What the directories of a cluster's nodes take on their disks. */
final class DiskUse {

  private static final int MIB = 1 << 20;
  private static final Duration IN_TIME = Duration.ofMinutes(2);

  private DiskUse() {}

  /** Waits until it is as wanted, in bytes, and prints how much that is. */
  static void await(TestCluster cluster, LongPredicate goal)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + IN_TIME.toNanos();
    long now = bytes(cluster);
    while (!goal.test(now)) {
      assertTrue(System.nanoTime() < deadline, now + " bytes are on the disks");
      Thread.sleep(500);
      now = bytes(cluster);
    }
    System.out.println("garbage: " + now / MIB + " MiB are on the disks");
  }

  /** How many bytes all of them take; files that go meanwhile count for nothing. */
  static long bytes(TestCluster cluster) throws IOException {
    AtomicLong bytes = new AtomicLong();
    for (TestNode node : cluster.nodes()) {
      Files.walkFileTree(
          node.data(),
          new SimpleFileVisitor<Path>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              bytes.addAndGet(attributes.size());
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
              return FileVisitResult.CONTINUE;
            }
          });
    }
    return bytes.get();
  }
}
