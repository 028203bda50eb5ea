package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A volume that moves between cells while a mount works on it. */
@Timeout(600)
final class CellMovesIT {

  private static final Duration QUIET = Duration.ofSeconds(2);

  @Test
  @Tag("extended")
  void theMountGoesOnWhereverItsVolumeIs() throws Exception {
    try (TestCluster cluster = TestCluster.start(4)) {
      Cairn cairn = Cairn.of(cluster);
      cluster.awaitUp(cairn);
      cairn.run("volume", "create", "photos").expect(0);
      cluster.awaitVoters(cairn, "photos");
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        SyncedFiles files = SyncedFiles.start(mount.directory());
        Thread.sleep(QUIET);
        List<TestNode> before = cluster.voters(cairn, "photos");
        String cell = cell(cairn);
        List<TestNode> after = new ArrayList<>(cluster.nodes());
        after.remove(before.getFirst());
        List<String> words = new ArrayList<>(List.of("volume", "move", "photos", "--to"));
        after.forEach(node -> words.add(node.id().substring(0, 12)));
        cairn.run(words.toArray(String[]::new)).expect(0);
        assertNotEquals(cell, cell(cairn));
        assertEquals(after, cluster.voters(cairn, "photos"));
        Thread.sleep(QUIET);

        // Back, while a node that votes in both dies and comes back.
        Cairn mover = Cairn.of(cluster);
        CompletableFuture<Cairn.Result> moving =
            CompletableFuture.supplyAsync(() -> move(mover, cell));
        Thread.sleep(700);
        TestNode both = before.getLast();
        both.kill();
        both.restart();
        moving.get(120, TimeUnit.SECONDS);
        cairn.run("volume", "move", "photos", cell).expect(0);
        assertEquals(cell, cell(cairn));
        Thread.sleep(QUIET);

        List<Path> written = files.stop();
        System.out.println(
            "a volume moved twice: " + written.size() + " files were synced, " + files.figures());
        files.assertThere(mount.directory());
        mount.unmount();
        mount.remount();
        files.assertThere(mount.directory());
        mount.unmount();
      }
    }
  }

  private static Cairn.Result move(Cairn cairn, String cell) {
    try {
      return cairn.run("volume", "move", "photos", cell);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String cell(Cairn cairn) throws Exception {
    String info = cairn.run("volume", "info", "photos").expect(0).out();
    return info.lines()
        .filter(line -> line.startsWith("cell "))
        .map(line -> line.substring("cell ".length()).strip())
        .findFirst()
        .orElseThrow();
  }
}
