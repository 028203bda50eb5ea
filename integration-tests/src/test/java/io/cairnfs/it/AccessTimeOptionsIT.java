package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a mount option makes of access times, and that they are kept. */
@Timeout(120)
final class AccessTimeOptionsIT {

  private final Cairn cairn = Cairn.embedded();

  AccessTimeOptionsIT() throws IOException {}

  private static FileTime atime(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).lastAccessTime();
  }

  private static boolean changes(Path path, Reading reading) throws Exception {
    FileTime before = atime(path);
    Thread.sleep(2);
    reading.read(path);
    return !atime(path).equals(before);
  }

  private interface Reading {
    void read(Path path) throws IOException;
  }

  private static void list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      assertTrue(entries.count() > 0);
    }
  }

  @Test
  void options() throws Exception {
    FileTime last;
    try (TestMount mount = TestMount.embedded(cairn, "-o", "strictatime,nodiratime")) {
      Path file = Files.writeString(mount.directory().resolve("file"), "content");
      assertTrue(changes(file, Files::readString));
      assertTrue(changes(file, Files::readString));
      assertFalse(changes(mount.directory(), AccessTimeOptionsIT::list));
      last = atime(file);
      mount.unmount();
    }
    try (TestMount mount = TestMount.embedded(cairn, "-o", "noatime")) {
      Path file = mount.directory().resolve("file");
      assertEquals(last, atime(file));
      Files.writeString(file, "other");
      assertFalse(changes(file, Files::readString));
      assertFalse(changes(mount.directory(), AccessTimeOptionsIT::list));
      mount.unmount();
    }
    try (TestMount mount = TestMount.embedded(cairn, "-o", "ro")) {
      assertFalse(changes(mount.directory().resolve("file"), Files::readString));
      assertFalse(changes(mount.directory(), AccessTimeOptionsIT::list));
      mount.unmount();
    }
  }
}
