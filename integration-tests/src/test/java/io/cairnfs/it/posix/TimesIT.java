package io.cairnfs.it.posix;

import static io.cairnfs.it.posix.Libc.AT_FDCWD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.fuse.linux.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Which operation changes which time, and what utimensat(2) sets. */
@OnEachTarget
final class TimesIT {

  private static final long NANOS = 1_000_000_000;
  private static final long UTIME_NOW = (1L << 30) - 1;
  private static final long UTIME_OMIT = (1L << 30) - 2;

  private final Path directory;
  private final Path file;
  private final FileStatus before;

  TimesIT(TestedDirectory target) throws Exception {
    directory = target.fresh();
    file = Files.writeString(directory.resolve("file"), "content");
    before = FileStatus.of(file);
    Thread.sleep(20); // more than the granularity of the kernel's clock for files
  }

  /** struct timespec[2]: access, modification. */
  private static void set(Path path, long aSeconds, long aNanos, long mSeconds, long mNanos) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment times =
          arena.allocateFrom(ValueLayout.JAVA_LONG, aSeconds, aNanos, mSeconds, mNanos);
      Libc.call("utimensat", AT_FDCWD, path, times, 0);
    }
  }

  @Test
  void timesAreSetToTheNanosecond() {
    set(file, 1_234_567_890, 123_456_789, 5_000_000_001L, 999_999_999);
    FileStatus after = FileStatus.of(file);
    assertEquals(1_234_567_890 * NANOS + 123_456_789, after.atime());
    assertEquals(5_000_000_001L * NANOS + 999_999_999, after.mtime());
    assertTrue(after.ctime() > before.ctime());
    assertEquals(before.birth(), after.birth());
  }

  @Test
  void timesBeforeTheEpoch() {
    set(file, -2, 500_000_000, -1, 1);
    assertEquals(-1_500_000_000, FileStatus.of(file).atime());
    assertEquals(-NANOS + 1, FileStatus.of(file).mtime());
  }

  @Test
  void oneTimeIsLeftOrNow() {
    set(file, 0, UTIME_OMIT, 0, UTIME_NOW);
    FileStatus after = FileStatus.of(file);
    assertEquals(before.atime(), after.atime());
    assertTrue(after.mtime() > before.mtime());
  }

  @Test
  void wrongNanosecondsAreRefused() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment times = arena.allocateFrom(ValueLayout.JAVA_LONG, 0, NANOS, 0, 0);
      Libc.refuse(Errno.EINVAL, "utimensat", AT_FDCWD, file, times, 0);
    }
  }

  @Test
  void writingChangesModification() {
    try (Descriptor open = Descriptor.open(file, Libc.O_RDWR)) {
      open.write("x", 0);
      FileStatus after = FileStatus.of(open);
      assertTrue(after.mtime() > before.mtime());
      assertTrue(after.ctime() > before.ctime());
      assertEquals(before.birth(), after.birth());
    }
  }

  @Test
  void attributesChangeStatusOnly() {
    Libc.call("chmod", file, 0600);
    FileStatus after = FileStatus.of(file);
    assertEquals(before.mtime(), after.mtime());
    assertTrue(after.ctime() > before.ctime());
  }

  @Test
  void entriesChangeTheirDirectory() throws Exception {
    FileStatus empty = FileStatus.of(directory);
    Libc.call("rename", file, directory.resolve("renamed"));
    FileStatus renamed = FileStatus.of(directory);
    assertTrue(renamed.mtime() > empty.mtime());
    assertTrue(renamed.ctime() > empty.ctime());
    Thread.sleep(20);
    Files.delete(directory.resolve("renamed"));
    assertTrue(FileStatus.of(directory).mtime() > renamed.mtime());
  }

  @Test
  void truncationToTheSameLengthChangesModification() {
    Libc.call("truncate", file, before.size());
    assertTrue(FileStatus.of(file).mtime() > before.mtime());
  }
}
