package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A volume whose head is in a cell of three voters: any one of them may go at any time. */
@Timeout(600)
final class CellsIT {

  /** Load before and after a fault. */
  private static final Duration QUIET = Duration.ofSeconds(3);

  private static final Duration REPLACED = Duration.ofMinutes(2);

  @Test
  void nobodyNoticesThatTheLeaderDies() throws Exception {
    try (TestCluster cluster = TestCluster.start(3)) {
      Cairn cairn = Cairn.of(cluster);
      cairn.run("volume", "create", "photos").expect(0);
      cluster.awaitVoters(cairn, "photos");
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        SyncedFiles files = SyncedFiles.start(mount.directory());
        // One of them leads.
        for (TestNode node : cluster.nodes()) {
          Thread.sleep(QUIET);
          node.kill();
          Thread.sleep(QUIET.multipliedBy(2));
          node.restart();
          cluster.awaitUp(cairn);
        }
        List<Path> written = files.stop();
        System.out.println(
            "voters died in turn: " + written.size() + " files were synced, " + files.figures());
        files.assertThere(mount.directory());
        mount.unmount();
      }
    }
  }

  @Test
  @Tag("extended")
  void everythingDiesAndIsThereAgain() throws Exception {
    try (TestCluster cluster = TestCluster.start(3)) {
      Cairn cairn = Cairn.of(cluster);
      cairn.run("volume", "create", "photos").expect(0);
      cluster.awaitVoters(cairn, "photos");
      TestMount mount = TestMount.of(cairn, "photos");
      try (mount) {
        SyncedFiles files = SyncedFiles.start(mount.directory());
        Thread.sleep(QUIET);
        cluster.kill();
        mount.kill();
        files.abandon();
        cluster.restart();
        mount.remount();
        files.assertThere(mount.directory());
        mount.unmount();
      }
    }
  }

  @Test
  @Tag("extended")
  void aVoterThatStaysAwayIsReplaced() throws Exception {
    try (TestCluster cluster = TestCluster.start(4, "voter-grace = \"2s\"\n")) {
      Cairn cairn = Cairn.of(cluster);
      cluster.awaitUp(cairn);
      cairn.run("volume", "create", "photos").expect(0);
      cluster.awaitVoters(cairn, "photos");
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        SyncedFiles files = SyncedFiles.start(mount.directory());
        List<TestNode> before = cluster.voters(cairn, "photos");
        before.get(0).kill();
        long deadline = System.nanoTime() + REPLACED.toNanos();
        while (cluster.voters(cairn, "photos").contains(before.get(0))) {
          assertTrue(System.nanoTime() < deadline, "it was not replaced");
          Thread.sleep(QUIET);
        }
        assertEquals(3, cluster.voters(cairn, "photos").size());
        before.get(1).kill();
        Thread.sleep(QUIET.multipliedBy(2));
        List<Path> written = files.stop();
        System.out.println(
            "a voter was replaced: " + written.size() + " files were synced, " + files.figures());
        files.assertThere(mount.directory());
        mount.unmount();
      }
    }
  }
}
