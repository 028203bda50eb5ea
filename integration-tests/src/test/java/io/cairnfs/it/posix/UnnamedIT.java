package io.cairnfs.it.posix;

import static io.cairnfs.it.posix.Libc.AT_FDCWD;
import static io.cairnfs.it.posix.Libc.O_RDWR;
import static io.cairnfs.it.posix.Libc.O_TMPFILE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.cairnfs.client.fuse.linux.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Files without a name: O_TMPFILE, and what was unlinked while it is open. */
@OnEachTarget
final class UnnamedIT {

  private static final int AT_SYMLINK_FOLLOW = 0x400;

  private final Path directory;

  UnnamedIT(TestedDirectory target) {
    directory = target.fresh();
  }

  @Test
  void aTemporaryFileGetsANameLater() throws IOException {
    Path name = directory.resolve("name");
    try (Descriptor file = Descriptor.open(directory, O_TMPFILE | O_RDWR, 0600)) {
      file.write("content", 0);
      assertEquals(0, FileStatus.of(file).links());
      try (Stream<Path> entries = Files.list(directory)) {
        assertEquals(0, entries.count());
      }
      Libc.call("linkat", AT_FDCWD, file.path(), AT_FDCWD, name, AT_SYMLINK_FOLLOW);
      assertEquals(1, FileStatus.of(file).links());
    }
    assertEquals("content", Files.readString(name));
    assertEquals(0600, FileStatus.of(name).permissions());
  }

  @Test
  void anExclusiveOneNeverGetsAName() {
    try (Descriptor file = Descriptor.open(directory, O_TMPFILE | O_RDWR | Libc.O_EXCL, 0600)) {
      Libc.refuse(
          Errno.ENOENT,
          "linkat",
          AT_FDCWD,
          file.path(),
          AT_FDCWD,
          directory.resolve("name"),
          AT_SYMLINK_FOLLOW);
    }
  }

  @Test
  void anUnlinkedFileLivesUntilItIsClosed() throws IOException {
    Path path = Files.writeString(directory.resolve("file"), "content");
    try (Descriptor file = Descriptor.open(path, O_RDWR)) {
      Files.delete(path);
      assertFalse(Files.exists(path));
      file.write("more", 7);
      assertEquals("contentmore", file.text(100, 0));
      assertEquals(0, FileStatus.of(file).links());
      Libc.call("ftruncate", file.fd(), 3L);
      Libc.call("fchmod", file.fd(), 0600);
      assertEquals("con", file.text(100, 0));
      Libc.call("fsync", file.fd());
    }
  }

  @Test
  void aRemovedDirectoryHoldsNothing() throws IOException {
    Path sub = Files.createDirectory(directory.resolve("sub"));
    try (Descriptor open = Descriptor.open(sub, Libc.O_DIRECTORY)) {
      Files.delete(sub);
      Libc.refuse(Errno.ENOENT, "openat", open.fd(), "new", Libc.O_CREAT | O_RDWR, 0600);
      Libc.refuse(Errno.ENOENT, "mkdirat", open.fd(), "new", 0700);
    }
  }
}
