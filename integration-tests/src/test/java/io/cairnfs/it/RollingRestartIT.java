package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every node in its turn is ended and started again, as for a new version, under two mounts. */
@Timeout(600)
final class RollingRestartIT {

  private static final int TIMEOUT_SECONDS = 30;
  private static final int MOUNTS = 2;

  @Test
  @Tag("extended")
  void mountsDoNotNotice() throws Exception {
    try (TestCluster cluster = TestCluster.start(4)) {
      Cairn cairn = Cairn.of(cluster);
      cluster.awaitUp(cairn);
      cairn.run("volume", "create", "photos", "--replication", "3").expect(0);
      cluster.awaitVoters(cairn, "photos");
      List<TestMount> mounts = new ArrayList<>();
      try {
        for (int i = 0; i < MOUNTS; i++) {
          mounts.add(TestMount.of(cairn, "photos", "-o", "timeout=" + TIMEOUT_SECONDS));
        }
        List<Path> directories = mounts.stream().map(TestMount::directory).toList();
        try (SoakProcess load = new SoakProcess(directories, 1, TIMEOUT_SECONDS)) {
          for (TestNode node : cluster.nodes()) {
            assertEquals(0, node.terminate());
            node.restart();
            cluster.awaitUp(cairn);
          }
          load.stop();
          assertEquals(0, load.finish(), "errors at the mounts");
        }
        for (TestMount mount : mounts) {
          mount.unmount();
        }
      } finally {
        for (TestMount mount : mounts) {
          mount.close();
        }
      }
      cairn.run("fsck", "photos").expect(0);
    }
  }
}
