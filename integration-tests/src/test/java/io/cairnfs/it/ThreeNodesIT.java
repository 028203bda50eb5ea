package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A volume on three nodes: any one of them may be killed at any time. */
@Timeout(900)
final class ThreeNodesIT {

  private static final int PARTIAL = 3;

  @Test
  void nobodyNoticesThatANodeDies() throws Exception {
    try (TestCluster cluster = TestCluster.start(3)) {
      Cairn cairn = Cairn.of(cluster);
      cairn.run("volume", "create", "photos", "--replication", "3").expect(0);
      cluster.awaitVoters(cairn, "photos");
      List<TestNode> nodes = cluster.nodes();
      Path tree = SeededTree.make(2, 800);
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        Path copy = mount.directory().resolve("copy");
        Process copying = SeededTree.startCopy(tree, copy);
        Thread.sleep(500);
        nodes.get(1).kill();
        assertEquals("", SeededTree.output(copying));
        cairn.run("status").expect(PARTIAL);

        nodes.get(1).restart();
        cluster.awaitWhole(cairn);
        nodes.get(2).kill();
        mount.unmount();
        mount.remount();
        SeededTree.assertSame(tree, copy);

        nodes.get(2).restart();
        cluster.awaitWhole(cairn);
        // The first founded the cluster and the volume's cell.
        nodes.get(0).kill();
        sync(mount.directory().resolve("late"));
        standsStillWithoutAMajority(nodes.get(1), mount.directory().resolve("later"));
        SeededTree.assertSame(tree, copy);
        mount.unmount();
      }
      assertEquals(0, nodes.get(1).terminate());
    }
  }

  private static void sync(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {1}));
      channel.force(true);
    }
  }

  private static void standsStillWithoutAMajority(TestNode node, Path file) throws Exception {
    node.kill();
    CompletableFuture<Void> stored =
        CompletableFuture.runAsync(
            () -> {
              try {
                sync(file);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    Thread.sleep(2000);
    assertTrue(!stored.isDone(), "no commit without a majority");
    node.restart();
    stored.get(60, TimeUnit.SECONDS);
  }
}
