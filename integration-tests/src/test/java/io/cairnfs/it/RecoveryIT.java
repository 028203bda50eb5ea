package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The operator's worst day: the head of a volume is gone, and its blocks are not. */
@Timeout(600)
@Execution(ExecutionMode.CONCURRENT)
final class RecoveryIT {

  private static final Pattern VOTER = Pattern.compile("\"voters\":\\[\"([0-9a-f]{64})\"");
  private static final Pattern STORED =
      Pattern.compile("[1-9][0-9]* checkpoints of volumes stored in the DHT, 0 wait");
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private static void writeSynced(Path file, String content) throws IOException {
    Files.writeString(file, content);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private static TestNode voter(TestCluster cluster, Cairn cairn) throws Exception {
    String info = cairn.run("volume", "info", "--json", "photos").expect(0).out();
    Matcher matcher = VOTER.matcher(info);
    assertTrue(matcher.find(), info);
    return cluster.node(matcher.group(1));
  }

  /** kill -9, and everything that it had of heads and blocks is gone. */
  private static void lose(TestNode node) throws Exception {
    node.kill();
    node.lose("db", "segments", "cells");
    node.restart();
  }

  /** A mount that was killed holds the volume until its lease is over. */
  private static void checkOnceFree(Cairn cairn) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    Cairn.Result check = cairn.run("fsck", "photos");
    while (check.err().contains("is held by") && System.nanoTime() < deadline) {
      Thread.sleep(500);
      check = cairn.run("fsck", "photos");
    }
    check.expect(0);
  }

  private static void awaitCheckpoint(TestCluster cluster) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      for (TestNode node : cluster.nodes()) {
        if (STORED.matcher(node.status()).find()) {
          return;
        }
      }
      assertTrue(System.nanoTime() < deadline, "no checkpoint is stored");
      Thread.sleep(200);
    }
  }

  @Test
  void aVolumeWhoseHeadIsLostComesBackByItsCheckpointOrABackup() throws Exception {
    Path tree = SeededTree.make(7, 60);
    try (TestCluster cluster = TestCluster.start(3, "heads = \"journal\"\n")) {
      Cairn cairn = Cairn.of(cluster);
      cairn.run("volume", "create", "photos", "--replication", "3").expect(0);
      try (TestMount mount = TestMount.of(cairn, "photos", "-o", "timeout=10")) {
        SeededTree.copy(tree, mount.directory().resolve("tree"));
        cairn.run("volume", "snapshot", "create", "photos", "kept").expect(0);
        awaitCheckpoint(cluster);
        writeSynced(mount.directory().resolve("late"), "after the checkpoint");
        cairn.run("volume", "recover", "photos", "--yes").expect(1).complains("is not lost");
        FileChannel open =
            FileChannel.open(mount.directory().resolve("late"), StandardOpenOption.WRITE);

        TestNode voter = voter(cluster, cairn);
        lose(voter);
        assertTrue(cairn.run("status").expect(3).out().contains("no head of volume 'photos'"));
        String plan = cairn.run("volume", "recover", "photos").expect(0).out();
        assertTrue(plan.contains("will be lost; --yes"), plan);
        cairn.run("volume", "info", "photos").expect(1);
        cairn.run("volume", "recover", "photos", "--yes").expect(0);
        // The mount goes on as a new session; what the old one had open is lost.
        assertThrows(
            IOException.class,
            () -> {
              try (open) {
                open.write(ByteBuffer.wrap(new byte[] {1}));
                open.force(true);
              }
            });
      }
      cluster.awaitWhole(cairn);
      checkOnceFree(cairn);
      Path backup = cairn.home().resolve("heads.car");
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        SeededTree.assertSame(tree, mount.directory().resolve("tree"));
        SeededTree.assertSame(tree, mount.directory().resolve(".cairn/snapshots/kept/tree"));
        assertFalse(Files.exists(mount.directory().resolve("late")));
        writeSynced(mount.directory().resolve("more"), "only in the backup");
        cairn.run("cluster", "backup", backup.toString()).expect(0);
      }
      lose(voter(cluster, cairn));
      Cairn stranger = Cairn.of(cluster);
      stranger.run("cluster", "restore", backup.toString(), "--yes").expect(3);
      String plan = cairn.run("cluster", "restore", backup.toString()).expect(0).out();
      assertTrue(plan.contains("would be founded again"), plan);
      cairn.run("cluster", "restore", backup.toString(), "--yes").expect(0);
      String again = cairn.run("cluster", "restore", backup.toString(), "--yes").expect(0).out();
      assertTrue(again.contains("is left alone"), again);
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        SeededTree.assertSame(tree, mount.directory().resolve("tree"));
        assertEquals("only in the backup", Files.readString(mount.directory().resolve("more")));
        mount.unmount();
      }
      byte[] bytes = Files.readAllBytes(backup);
      bytes[bytes.length / 2] ^= 1;
      Path damaged = Files.write(cairn.home().resolve("damaged.car"), bytes);
      cairn.run("cluster", "restore", damaged.toString()).expect(1).complains("damaged");
    }
  }

  @Test
  void aCellThatIsLostComesBackByCheckpoints() throws Exception {
    Path tree = SeededTree.make(8, 60);
    try (TestCluster cluster = TestCluster.start(3)) {
      Cairn cairn = Cairn.of(cluster);
      cairn.run("volume", "create", "photos", "--replication", "3").expect(0);
      cluster.awaitVoters(cairn, "photos");
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        SeededTree.copy(tree, mount.directory().resolve("tree"));
        mount.unmount(); // which folds
      }
      awaitCheckpoint(cluster);
      cluster.kill();
      for (TestNode node : cluster.nodes()) {
        node.lose("cells");
      }
      cluster.restart();
      cairn.run("volume", "info", "photos").expect(1);
      cairn.run("volume", "recover", "photos", "--yes").expect(0);
      cluster.awaitVoters(cairn, "photos");
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        SeededTree.assertSame(tree, mount.directory().resolve("tree"));
        writeSynced(mount.directory().resolve("new"), "and it goes on");
        mount.unmount();
      }
      cairn.run("fsck", "photos").expect(0);
    }
  }
}
