package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.file.Files;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is deleted on a mount of three nodes gives the space of their disks back. */
final class GarbageIT {

  private static final int MIB = 1 << 20;
  private static final int FILES = 12;
  private static final int FILE_MIB = 8;

  /** Journals, logs and what RocksDB has made room for. */
  private static final long BESIDES = 60L * MIB;

  @Test
  void deletedFilesGiveTheirSpaceBack() throws Exception {
    try (TestCluster cluster = TestCluster.startWithGrace(3, "1s")) {
      Cairn cairn = Cairn.of(cluster);
      cairn.run("volume", "create", "photos", "--replication", "3").expect(0);
      byte[] kept = content(99);
      try (TestMount mount = TestMount.of(cairn, "photos", "-o", "sweep=2s")) {
        Files.write(mount.directory().resolve("kept"), kept);
        for (int i = 0; i < FILES; i++) {
          Files.write(mount.directory().resolve("file" + i), content(i));
        }
        long full = 3L * (FILES + 1) * FILE_MIB * MIB;
        DiskUse.await(cluster, now -> now >= full); // the last replicas come later
        for (int i = 0; i < FILES; i++) {
          Files.delete(mount.directory().resolve("file" + i));
        }
        DiskUse.await(cluster, now -> now <= 3 * (FILE_MIB * MIB + BESIDES));
        mount.unmount();
      }
      cairn.run("gc", "photos").expect(0);
      cairn.run("gc", "photos", "--yes").expect(0);
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        assertArrayEquals(kept, Files.readAllBytes(mount.directory().resolve("kept")));
        mount.unmount();
      }
      cairn.run("fsck", "photos", "--read").expect(0);
    }
  }

  private static byte[] content(int seed) {
    byte[] content = new byte[FILE_MIB * MIB];
    new Random(seed).nextBytes(content);
    return content;
  }
}
