package io.cairnfs.it.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which operation changes an access time, by the rules of {@code relatime}. */
@OnEachTarget
final class AccessTimesIT {

  private static final long TICK_MILLIS = 20; // more than the granularity of the kernel's clock

  private final Path directory;
  private final Path file;

  AccessTimesIT(TestedDirectory target) throws Exception {
    directory = target.fresh();
    file = Files.writeString(directory.resolve("file"), "content");
    tick();
  }

  private static void tick() throws InterruptedException {
    Thread.sleep(TICK_MILLIS);
  }

  private static long atime(Path path) {
    return FileStatus.of(path).atime();
  }

  private interface Action {
    void run() throws IOException;
  }

  private void assertAccess(boolean counts, Path path, Action action) throws Exception {
    long before = atime(path);
    action.run();
    long after = atime(path);
    assertEquals(counts, after > before, () -> before + " became " + after);
    tick();
  }

  private void read() throws IOException {
    assertEquals("content", Files.readString(file));
  }

  @Test
  void theFirstReadAfterAChange() throws Exception {
    assertAccess(true, file, this::read);
    assertAccess(false, file, this::read);
    Files.writeString(file, "content");
    tick();
    assertAccess(true, file, this::read);
    Libc.call("chmod", file, 0600);
    tick();
    assertAccess(true, file, this::read);
    assertAccess(false, file, this::read);
  }

  @Test
  void readingWhatIsStillOpenForWriting() throws Exception {
    try (Descriptor writer = Descriptor.open(file, Libc.O_RDWR)) {
      writer.write("CONTENT", 0);
      tick();
      assertAccess(true, file, () -> Files.readAllBytes(file));
    }
  }

  @Test
  void nothingButReading() throws Exception {
    assertAccess(false, file, () -> Descriptor.open(file, Libc.O_RDWR).close());
    assertAccess(false, file, () -> Files.writeString(file, "other"));
    assertAccess(false, file, () -> FileStatus.of(file));
    assertAccess(
        false,
        file,
        () -> {
          Files.move(file, directory.resolve("moved"));
          Files.createLink(file, directory.resolve("moved"));
        });
  }

  @Test
  void readingWithoutLeavingATrace() throws Exception {
    assertAccess(
        false,
        file,
        () -> {
          try (Descriptor open = Descriptor.open(file, Libc.O_RDONLY | Libc.O_NOATIME)) {
            assertEquals("content", open.text(100, 0));
          }
        });
  }

  @Test
  void readingMappedMemory() throws Exception {
    assertAccess(
        true,
        file,
        () -> {
          try (FileChannel channel = FileChannel.open(file)) {
            assertEquals('c', channel.map(FileChannel.MapMode.READ_ONLY, 0, 7).get(0));
          }
        });
  }

  @Test
  void listingADirectory() throws Exception {
    assertAccess(true, directory, this::list);
    assertAccess(false, directory, this::list);
    Files.createFile(directory.resolve("another"));
    tick();
    assertAccess(true, directory, this::list);
  }

  private void list() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      assertTrue(entries.count() > 0);
    }
  }

  @Test
  void readingASymlink() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("file"));
    tick();
    assertAccess(true, link, () -> Files.readSymbolicLink(link));
    assertAccess(false, link, () -> Files.readSymbolicLink(link));
  }

  @Test
  void aTimeThatIsSet() throws Exception {
    read();
    FileTime old = FileTime.from(Instant.ofEpochSecond(1_000_000_000, 5));
    Files.setAttribute(file, "lastAccessTime", old);
    assertEquals(old, Files.getAttribute(file, "lastAccessTime"));
    tick();
    assertAccess(true, file, this::read); // setting it changed the status
  }
}
