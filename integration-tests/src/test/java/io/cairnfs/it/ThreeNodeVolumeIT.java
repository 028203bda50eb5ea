package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is asked of a volume beside its mount, on three real nodes: its quota, and its check. */
@Timeout(300)
final class ThreeNodeVolumeIT {

  private static final int MIB = 1 << 20;
  private static final int LEFT = 4; // of fsck(8): something is wrong and stays so
  private static final long QUOTA_IS_HEARD_OF_SECONDS = 20;

  @Test
  @Tag("extended")
  void quotaAndCheck() throws Exception {
    try (TestCluster cluster = TestCluster.start(3)) {
      Cairn cairn = Cairn.of(cluster);
      cairn
          .run("volume", "create", "photos", "--replication", "3", "--quota-bytes", "4MiB")
          .expect(0);
      byte[] content = new byte[MIB];
      new Random(1).nextBytes(content);
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        Path sub = Files.createDirectory(mount.directory().resolve("sub"));
        Files.write(sub.resolve("file"), content);
        staysWithinItsQuota(cairn, mount.directory());
        mount.unmount();
      }
      cairn.run("fsck", "photos").expect(0);
      Cid block = Cid.of(Codec.RAW, content);
      cairn.run("block", "rm", "--yes", block.toString()).expect(0);
      String found = cairn.run("fsck", "photos").expect(LEFT).out();
      assertTrue(found.contains("sub/file"), found);
      cairn.run("fsck", "photos", "--repair").expect(LEFT); // it is nowhere
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        Path file = mount.directory().resolve("sub/file");
        assertThrows(IOException.class, () -> Files.readAllBytes(file), "zeros are no content");
        mount.unmount();
      }
      Path copy = Files.write(cairn.home().resolve("copy"), content);
      cairn.run("block", "put", "--replication", "3", copy.toString()).expect(0);
      cairn.run("fsck", "photos", "--read").expect(0);
      try (TestMount mount = TestMount.of(cairn, "photos")) {
        assertArrayEquals(content, Files.readAllBytes(mount.directory().resolve("sub/file")));
        mount.unmount();
      }
    }
  }

  private static void staysWithinItsQuota(Cairn cairn, Path directory) throws Exception {
    Path large = directory.resolve("large");
    IOException refused =
        assertThrows(IOException.class, () -> Files.write(large, new byte[4 * MIB]));
    assertTrue(String.valueOf(refused.getMessage()).contains("quota"), refused::toString);
    Files.delete(large);
    Files.write(large, new byte[2 * MIB]); // what was given back is there
    Files.delete(large);
    cairn.run("volume", "quota", "photos", "--bytes", "none").expect(0);
    long deadline = System.nanoTime() + QUOTA_IS_HEARD_OF_SECONDS * 1_000_000_000;
    while (!fits(large)) {
      assertTrue(System.nanoTime() < deadline, "the mount does not hear of the new quota");
      Thread.sleep(100);
    }
    assertEquals(8 * MIB, Files.size(large));
    Files.delete(large);
  }

  private static boolean fits(Path file) {
    try {
      Files.write(file, new byte[8 * MIB]);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
