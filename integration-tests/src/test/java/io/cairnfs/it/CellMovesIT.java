package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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
        move(cairn, after).expect(0);
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

  /** The node was set up like that, or by a version that knew nothing else. */
  @Test
  @Tag("extended")
  void aVolumeLeavesTheNodeThatHostedItAlone() throws Exception {
    try (TestCluster cluster = TestCluster.start(1, "heads = \"journal\"\n")) {
      Cairn cairn = Cairn.of(cluster);
      cairn
          .run("volume", "create", "photos", "--replication", "3")
          .expect(0)
          .complains("must be stored on 2 nodes");
      TestNode alone = cluster.nodes().getFirst();
      assertEquals(List.of(alone), cluster.voters(cairn, "photos"));
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        SyncedFiles files = SyncedFiles.start(mount.directory());
        Thread.sleep(QUIET);
        Path settings = alone.data().resolveSibling("node.toml");
        Files.writeString(settings, Files.readString(settings).replace("journal", "cells"));
        alone.restart();
        List<TestNode> others = List.of(cluster.join(), cluster.join(), cluster.join());
        cluster.awaitUp(cairn);
        move(cairn, others).expect(0);
        assertEquals(others, cluster.voters(cairn, "photos"));
        cluster.awaitWhole(cairn);

        alone.kill();
        Thread.sleep(QUIET);
        System.out.println(
            "a volume left its only host: "
                + files.stop().size()
                + " files were synced, "
                + files.figures());
        files.assertThere(mount.directory());
        mount.unmount();
      }
      Cairn.of(cluster).run("fsck", "photos", "--read").expect(0);
    }
  }

  private static Cairn.Result move(Cairn cairn, List<TestNode> voters)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("volume", "move", "photos", "--to"));
    voters.forEach(node -> words.add(node.id().substring(0, 12)));
    return cairn.run(words.toArray(String[]::new));
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
