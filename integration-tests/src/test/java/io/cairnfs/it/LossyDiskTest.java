package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.fuse.FuseMount;
import io.cairnfs.client.fuse.mounting.MountOptions;
import io.cairnfs.it.LossyDisk.Rules;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a cut of the power leaves, by the kernel's own calls. */
@Timeout(60)
final class LossyDiskTest {

  private static final int BYTES = 100_000;

  /** Something that is done to a mounted disk. */
  private interface Step {
    void on(Path directory) throws IOException;
  }

  /** Mounts a disk, does something, and cuts its power. */
  private static void powered(LossyDisk disk, Step step) throws Exception {
    Path directory = RunDirectory.current().newDirectory("lossy");
    FuseMount mount =
        FuseMount.mount(directory, disk, MountOptions.DEFAULT.with("fsname=lossy,local_locks"));
    try {
      step.on(directory);
    } finally {
      disk.cutPower(null);
      mount.close();
      disk.powerOn();
    }
  }

  private static LossyDisk disk(Rules rules) {
    return new LossyDisk(rules, path -> false);
  }

  private static void sync(Path path) throws IOException {
    StandardOpenOption how =
        Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
    try (FileChannel channel = FileChannel.open(path, how)) {
      channel.force(false);
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static byte[] bytes(int salt) {
    byte[] bytes = new byte[BYTES];
    new Random(salt).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @EnumSource
  void whatWasNotSyncedIsGone(Rules rules) throws Exception {
    LossyDisk disk = disk(rules);
    powered(disk, root -> Files.write(root.resolve("file"), bytes(1)));
    powered(disk, root -> assertEquals(List.of(), names(root)));
  }

  @Test
  void posixNeedsBothSyncs() throws Exception {
    LossyDisk disk = disk(Rules.POSIX);
    powered(
        disk,
        root -> {
          for (String name : List.of("bytes", "name", "both")) {
            Files.write(root.resolve(name), bytes(1));
          }
          sync(root.resolve("both"));
          sync(root);
          Files.delete(root.resolve("bytes"));
          Files.write(root.resolve("late"), bytes(2));
          sync(root.resolve("late"));
        });
    powered(
        disk,
        root -> {
          assertEquals(List.of("both", "bytes", "name"), names(root));
          assertArrayEquals(bytes(1), Files.readAllBytes(root.resolve("both")));
          assertEquals(0, Files.size(root.resolve("name")));
        });
  }

  @Test
  void aJournalKeepsTheWayToAFile() throws Exception {
    LossyDisk disk = disk(Rules.JOURNALED);
    powered(
        disk,
        root -> {
          Path file = Files.createDirectories(root.resolve("a/b")).resolve("file");
          Files.write(file, bytes(1));
          sync(file);
          Files.move(file, root.resolve("a/b/renamed"));
        });
    powered(
        disk,
        root -> {
          assertEquals(List.of("file"), names(root.resolve("a/b")));
          assertArrayEquals(bytes(1), Files.readAllBytes(root.resolve("a/b/file")));
          Files.move(root.resolve("a/b/file"), root.resolve("a/b/renamed"));
          sync(root.resolve("a/b/renamed"));
        });
    powered(disk, root -> assertEquals(List.of("renamed"), names(root.resolve("a/b"))));
  }

  @Test
  void aFileGoesBackToItsLastSync() throws Exception {
    LossyDisk disk = disk(Rules.JOURNALED);
    powered(
        disk,
        root -> {
          Path file = Files.write(root.resolve("file"), bytes(1));
          sync(file);
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes(2)), BYTES / 2);
            channel.truncate(BYTES / 4);
          }
        });
    powered(disk, root -> assertArrayEquals(bytes(1), Files.readAllBytes(root.resolve("file"))));
  }

  @Test
  void mappedStoresAreDurableWhenForced() throws Exception {
    LossyDisk disk = disk(Rules.JOURNALED);
    powered(
        disk,
        root -> {
          Path file = Files.write(root.resolve("file"), new byte[2 * BYTES]);
          try (FileChannel channel =
                  FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
              Arena arena = Arena.ofConfined()) {
            MemorySegment map = channel.map(FileChannel.MapMode.READ_WRITE, 0, 2 * BYTES, arena);
            map.copyFrom(MemorySegment.ofArray(bytes(3)));
            map.force();
            map.asSlice(BYTES).copyFrom(MemorySegment.ofArray(bytes(4)));
          }
        });
    powered(
        disk,
        root -> {
          byte[] expected = Arrays.copyOf(bytes(3), 2 * BYTES);
          assertArrayEquals(expected, Files.readAllBytes(root.resolve("file")));
        });
  }

  @Test
  void aTornAppendKeepsAPrefix() throws Exception {
    boolean some = false;
    for (int seed = 0; seed < 20; seed++) {
      LossyContent content = new LossyContent();
      byte[] bytes = bytes(5);
      content.write(0, ByteBuffer.wrap(bytes, 0, BYTES / 3));
      content.sync();
      content.write(BYTES / 3, ByteBuffer.wrap(bytes, BYTES / 3, BYTES - BYTES / 3));
      content.crash(new Random(seed));
      int size = (int) content.size();
      assertTrue(size >= BYTES / 3 && size <= BYTES);
      some |= size > BYTES / 3 && size < BYTES;
      ByteBuffer read = ByteBuffer.allocate(BYTES);
      assertEquals(size, content.read(0, read));
      assertArrayEquals(Arrays.copyOf(bytes, size), Arrays.copyOf(read.array(), size));
    }
    assertTrue(some);
  }

  @Test
  void syncsCanBeIgnored() throws Exception {
    LossyDisk disk = new LossyDisk(Rules.JOURNALED, "/ignored"::equals);
    powered(
        disk,
        root -> {
          for (String name : List.of("ignored", "kept")) {
            sync(Files.write(root.resolve(name), bytes(1)));
          }
        });
    powered(disk, root -> assertEquals(List.of("kept"), names(root)));
    assertEquals(1, disk.ignoredSyncs());
  }
}
