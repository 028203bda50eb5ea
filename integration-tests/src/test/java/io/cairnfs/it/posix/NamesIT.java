package io.cairnfs.it.posix;

import static io.cairnfs.it.posix.Libc.AT_FDCWD;
import static io.cairnfs.it.posix.Libc.O_CREAT;
import static io.cairnfs.it.posix.Libc.O_RDWR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.fuse.linux.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Names, and rename(2) with its flags. */
@OnEachTarget
final class NamesIT {

  private static final int NOREPLACE = 1;
  private static final int EXCHANGE = 2;
  private static final int MAX_NAME_BYTES = 255;

  private final Path directory;
  private final Path a;
  private final Path b;

  NamesIT(TestedDirectory target) {
    directory = target.fresh();
    a = directory.resolve("a");
    b = directory.resolve("b");
  }

  private static void rename(Path from, Path to) {
    Libc.call("rename", from, to);
  }

  @Test
  void anyBytesMakeAName() {
    byte[] name = new byte[MAX_NAME_BYTES];
    for (int i = 0; i < name.length; i++) {
      name[i] = (byte) (i + 1);
    }
    name['/' - 1] = '.';
    try (Descriptor top = Descriptor.open(directory, Libc.O_DIRECTORY)) {
      new Descriptor(Libc.call("openat", top.fd(), name, O_CREAT | O_RDWR, 0600)).close();
      Libc.refuse(Errno.EEXIST, "mkdirat", top.fd(), name, 0700);
      Libc.call("unlinkat", top.fd(), name, 0);
      Libc.refuse(Errno.ENOENT, "unlinkat", top.fd(), name, 0);
    }
  }

  @Test
  void longerNamesAreRefused() {
    byte[] name = new byte[MAX_NAME_BYTES + 1];
    Arrays.fill(name, (byte) 'n');
    try (Descriptor top = Descriptor.open(directory, Libc.O_DIRECTORY)) {
      Libc.refuse(Errno.ENAMETOOLONG, "mkdirat", top.fd(), name, 0700);
      Libc.refuse(Errno.ENAMETOOLONG, "unlinkat", top.fd(), name, 0);
    }
  }

  @Test
  void renameReplacesAFileThatStaysOpen() throws IOException {
    Files.writeString(a, "new");
    Files.writeString(b, "old");
    try (Descriptor old = Descriptor.open(b, O_RDWR)) {
      rename(a, b);
      assertEquals("new", Files.readString(b));
      assertEquals("old", old.text(10, 0));
      old.write("er", 3);
      assertEquals("older", old.text(10, 0));
      assertEquals(0, FileStatus.of(old).links());
    }
    assertFalse(Files.exists(a));
  }

  @Test
  void renameOntoAnotherLinkDoesNothing() throws IOException {
    Files.writeString(a, "x");
    Files.createLink(b, a);
    rename(a, b);
    assertTrue(Files.exists(a));
    assertEquals(2, FileStatus.of(b).links());
  }

  @Test
  void noReplaceKeepsWhatIsThere() throws IOException {
    Files.writeString(a, "a");
    Files.writeString(b, "b");
    Libc.refuse(Errno.EEXIST, "renameat2", AT_FDCWD, a, AT_FDCWD, b, NOREPLACE);
    Files.delete(b);
    Libc.call("renameat2", AT_FDCWD, a, AT_FDCWD, b, NOREPLACE);
    assertEquals("a", Files.readString(b));
  }

  @Test
  void exchangeSwapsAFileAndADirectory() throws IOException {
    Files.writeString(a, "file");
    Files.createDirectory(b);
    Files.writeString(b.resolve("inside"), "1");
    Libc.call("renameat2", AT_FDCWD, a, AT_FDCWD, b, EXCHANGE);
    assertEquals("file", Files.readString(b));
    assertEquals("1", Files.readString(a.resolve("inside")));
    Libc.refuse(
        Errno.ENOENT, "renameat2", AT_FDCWD, a, AT_FDCWD, directory.resolve("none"), EXCHANGE);
    Libc.refuse(Errno.EINVAL, "renameat2", AT_FDCWD, a, AT_FDCWD, b, EXCHANGE | NOREPLACE);
  }

  @Test
  void directoriesMoveBetweenParents() throws IOException {
    Path child = Files.createDirectories(a.resolve("child"));
    Files.createDirectory(b);
    rename(child, b.resolve("child"));
    assertEquals(FileStatus.of(b).inode(), FileStatus.of(b.resolve("child/..")).inode());
    assertEquals(2, FileStatus.of(a).links());
    assertEquals(3, FileStatus.of(b).links());
  }

  @Test
  void directoriesDoNotMoveBelowThemselves() throws IOException {
    Path child = Files.createDirectories(a.resolve("child"));
    Libc.refuse(Errno.EINVAL, "rename", a, child.resolve("a"));
    Libc.refuse(Errno.ENOTEMPTY, "rename", child, a);
  }

  @Test
  void kindsDoNotReplaceEachOther() throws IOException {
    Files.writeString(a, "file");
    Files.createDirectory(b);
    Libc.refuse(Errno.EISDIR, "rename", a, b);
    Libc.refuse(Errno.ENOTDIR, "rename", b, a);
    Path full = directory.resolve("full");
    Files.createDirectories(full.resolve("entry"));
    Libc.refuse(Errno.ENOTEMPTY, "rename", b, full);
    Files.delete(full.resolve("entry"));
    rename(b, full);
    assertFalse(Files.exists(b));
  }
}
