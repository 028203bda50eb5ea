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
      String info = cairn.run("volume", "info", "photos").expect(0).out();
      TestNode voter =
          cluster.nodes().stream()
              .filter(node -> info.contains(node.id()))
              .findFirst()
              .orElseThrow();
      List<TestNode> others = cluster.nodes().stream().filter(node -> node != voter).toList();
      Path tree = SeededTree.make(2, 1500);
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        Path copy = mount.directory().resolve("copy");
        Process copying = SeededTree.startCopy(tree, copy);
        Thread.sleep(500);
        others.get(0).kill();
        assertEquals("", SeededTree.output(copying));
        cairn.run("status").expect(PARTIAL);

        others.get(0).restart();
        cluster.awaitWhole(cairn);
        others.get(1).kill();
        mount.unmount();
        mount.remount();
        SeededTree.assertSame(tree, copy);

        others.get(1).restart();
        cluster.awaitWhole(cairn);
        stallsWhileTheVoterIsAway(voter, mount.directory().resolve("late"));
        SeededTree.assertSame(tree, copy);
        mount.unmount();
      }
      assertEquals(0, voter.terminate());
    }
  }

  private static void stallsWhileTheVoterIsAway(TestNode voter, Path file) throws Exception {
    voter.kill();
    CompletableFuture<Boolean> stored =
        CompletableFuture.supplyAsync(
            () -> {
              try (FileChannel channel =
                  FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[] {1}));
                channel.force(true);
                return true;
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    Thread.sleep(2000);
    assertTrue(!stored.isDone(), "no commit without the voter");
    voter.restart();
    assertTrue(stored.get(60, TimeUnit.SECONDS));
  }
}
