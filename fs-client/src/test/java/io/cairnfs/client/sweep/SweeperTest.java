package io.cairnfs.client.sweep;

import static io.cairnfs.client.sweep.SweptVolume.content;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.vfs.VfsException;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.NewSnapshot;
import io.cairnfs.protocol.head.Snapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SweeperTest {

  private static final int MIB = 1 << 20;

  @TempDir Path directory;

  @Test
  void whatIsDeletedGoesAndWhatIsAliveStays() throws Exception {
    try (SweptVolume volume = new SweptVolume(directory, true)) {
      volume.write("kept", content(1, 3 * MIB));
      volume.write("small", content(2, 5000));
      volume.write("deleted", content(3, 8 * MIB));
      volume.mounted().fold();
      volume.remove("deleted");
      volume.mounted().fold();
      assertEquals(0, volume.collect());
      volume.sweep();
      volume.sweep();
      long before = volume.node.store().figures().bytes();
      assertTrue(volume.collect() >= 8);
      assertTrue(volume.node.store().figures().bytes() <= before - 8L * MIB);
      volume.remount();
      assertArrayEquals(content(1, 3 * MIB), volume.read("kept", 3 * MIB));
      assertArrayEquals(content(2, 5000), volume.read("small", 5000));
    }
  }

  @Test
  void aLookChangesNothing() throws Exception {
    try (SweptVolume volume = new SweptVolume(directory, true)) {
      volume.write("deleted", content(3, 4 * MIB));
      volume.mounted().fold();
      volume.remove("deleted");
      SweepReport report = volume.sweeper.look();
      assertTrue(report.deadBytes() >= 4L * MIB, report.toString());
      assertEquals(0, report.silentNodes());
      assertEquals(report, volume.sweeper.look());
      assertEquals(0, volume.node.store().figures().garbageBlocks());
    }
  }

  @Test
  void snapshotsHoldWhatIsDeleted() throws Exception {
    try (SweptVolume volume = new SweptVolume(directory, true)) {
      volume.write("file", content(1, 2 * MIB));
      volume.mounted().fold();
      Snapshot snapshot =
          volume.snapshots.create(volume.volume, NewSnapshot.named("s"), SweptVolume.TIMEOUT);
      volume.remove("file");
      volume.mounted().fold();
      volume.sweep();
      volume.sweep();
      volume.collect();
      assertEquals(0, volume.sweeper.look().deadBytes() / MIB);
      volume.snapshots.delete(volume.volume, snapshot.serial(), SweptVolume.TIMEOUT);
      volume.sweep();
      volume.sweep();
      assertTrue(volume.collect() >= 2);
    }
  }

  /** The volume's tree is the snapshot's, and what was committed since hides a part of it. */
  @Test
  void snapshotsHoldWhatIsReplacedSinceTheLastFold() throws Exception {
    try (SweptVolume volume = new SweptVolume(directory, true)) {
      byte[] deleted = content(1, 2 * MIB);
      volume.write("deleted", deleted);
      volume.write("kept", content(2, MIB));
      volume.mounted().fold();
      volume.snapshots.create(volume.volume, NewSnapshot.named("s"), SweptVolume.TIMEOUT);
      volume.remove("deleted");
      volume.sweep();
      volume.sweep();
      volume.collect();
      for (Cid block : blocks(deleted)) {
        assertTrue(volume.node.store().have(List.of(block.key())).get(0));
      }
    }
  }

  /** The blocks that are full of a content; what is left shares one with others. */
  private static List<Cid> blocks(byte[] content) {
    List<Cid> blocks = new ArrayList<>();
    for (int at = 0; at + MIB <= content.length; at += MIB) {
      blocks.add(Cid.of(Codec.RAW, Arrays.copyOfRange(content, at, at + MIB)));
    }
    return blocks;
  }

  /** A writer is told that a block is there that a sweep has found dead. */
  @Test
  void whoReliesOnABlockThatIsThereKeepsIt() throws Exception {
    try (SweptVolume volume = new SweptVolume(directory, true)) {
      relyOnGarbage(volume);
      assertArrayEquals(content(7, 4 * MIB), volume.read("again", 4 * MIB));
    }
  }

  /** The same without the rule, which shows that the test before would see a loss. */
  @Test
  void withoutAClaimItIsLost() throws Exception {
    try (SweptVolume volume = new SweptVolume(directory, false)) {
      relyOnGarbage(volume);
      assertThrows(VfsException.class, () -> volume.read("again", 4 * MIB));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 8})
  void neverTakesWhatIsAlive(long seed) throws Exception {
    Random random = new Random(seed);
    Map<String, byte[]> model = new HashMap<>();
    Set<Cid> inSnapshots = new HashSet<>();
    try (SweptVolume volume = new SweptVolume(directory, true)) {
      for (int step = 0; step < 60; step++) {
        if (step % 15 == 10) {
          volume.mounted().fold();
          NewSnapshot snapshot = NewSnapshot.named("s" + step);
          volume.snapshots.create(volume.volume, snapshot, SweptVolume.TIMEOUT);
          model.values().forEach(content -> inSnapshots.addAll(blocks(content)));
        }
        String name = "f" + random.nextInt(12);
        switch (random.nextInt(6)) {
          case 0 -> volume.sweep();
          case 1 -> volume.collect();
          case 2 -> volume.mounted().fold();
          default -> {
            if (model.remove(name) != null) {
              volume.remove(name);
            } else {
              // Few contents, so that what was deleted comes again.
              byte[] content = content(random.nextInt(8), 1 + random.nextInt(2) * MIB);
              volume.write(name, content);
              model.put(name, content);
            }
          }
        }
      }
      volume.sweep();
      volume.sweep();
      volume.collect();
      for (Cid block : inSnapshots) {
        assertTrue(
            volume.node.store().have(List.of(block.key())).get(0),
            "seed " + seed + ": a block of a snapshot");
      }
      volume.remount();
      for (Map.Entry<String, byte[]> file : model.entrySet()) {
        byte[] read = volume.read(file.getKey(), file.getValue().length);
        assertArrayEquals(file.getValue(), read, "seed " + seed + " " + file.getKey());
      }
      assertEquals(0, volume.sweeper.look().deadBytes() / MIB);
    }
  }

  private static void relyOnGarbage(SweptVolume volume) throws Exception {
    volume.write("once", content(7, 4 * MIB));
    volume.mounted().fold();
    volume.remove("once");
    volume.mounted().fold();
    volume.sweep();
    volume.sweep();
    assertTrue(volume.node.store().figures().garbageBytes() >= 4L * MIB);
    volume.write("again", content(7, 4 * MIB));
    volume.mounted().fold();
    volume.collect();
    volume.remount();
  }
}
