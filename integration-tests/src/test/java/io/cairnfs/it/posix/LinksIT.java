package io.cairnfs.it.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.fuse.linux.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Hard links and symlinks. */
@OnEachTarget
final class LinksIT {

  private static final int ELOOP = 40;
  private static final int MAX_TARGET_BYTES = 4095;
  private static final int S_IFIFO = 0010000;
  private static final int S_IFSOCK = 0140000;
  private static final int TYPE = 0170000;

  private final Path directory;
  private final Path file;

  LinksIT(TestedDirectory target) throws IOException {
    directory = target.fresh();
    file = Files.writeString(directory.resolve("file"), "content");
  }

  @Test
  void linksAreOneFile() throws IOException {
    FileStatus before = FileStatus.of(file);
    Path link = Files.createLink(directory.resolve("link"), file);
    FileStatus after = FileStatus.of(link);
    assertEquals(before.inode(), after.inode());
    assertEquals(2, after.links());
    assertTrue(after.ctime() > before.ctime());
    assertEquals(before.mtime(), after.mtime());
    Files.writeString(link, "changed");
    assertEquals("changed", Files.readString(file));
    Files.delete(file);
    assertEquals(1, FileStatus.of(link).links());
  }

  @Test
  void linksOfDirectoriesAndOverNamesAreRefused() throws IOException {
    Path sub = Files.createDirectory(directory.resolve("sub"));
    Libc.refuse(Errno.EPERM, "link", sub, directory.resolve("link"));
    Libc.refuse(Errno.EEXIST, "link", file, sub);
    Libc.refuse(Errno.ENOENT, "link", directory.resolve("none"), directory.resolve("link"));
  }

  @Test
  void symlinksHoldAnyTarget() throws IOException {
    Path link = directory.resolve("symlink");
    for (String target : new String[] {"file", "none", "n".repeat(MAX_TARGET_BYTES)}) {
      Libc.call("symlink", target, link);
      assertEquals(target, Files.readSymbolicLink(link).toString());
      assertEquals(target.length(), FileStatus.of(link).size());
      assertEquals(0777, FileStatus.of(link).permissions());
      Files.delete(link);
    }
    Libc.refuse(Errno.ENAMETOOLONG, "symlink", "n".repeat(MAX_TARGET_BYTES + 1), link);
    Libc.refuse(Errno.ENOENT, "symlink", "", link);
  }

  @Test
  void loopsEnd() {
    Path one = directory.resolve("one");
    Libc.call("symlink", "two", one);
    Libc.call("symlink", "one", directory.resolve("two"));
    Libc.refuse(ELOOP, "open", one, 0);
    Libc.refuse(ELOOP, "open", one, Libc.O_NOFOLLOW);
  }

  @Test
  void nodesOfEachType() {
    Path fifo = directory.resolve("fifo");
    Libc.call("mknod", fifo, S_IFIFO | 0640, 0L);
    assertEquals(S_IFIFO, FileStatus.of(fifo).mode() & TYPE);
    Libc.refuse(Errno.ENXIO, "open", fifo, Libc.O_WRONLY | Libc.O_NONBLOCK);
    Path socket = directory.resolve("socket");
    Libc.call("mknod", socket, S_IFSOCK | 0600, 0L);
    assertEquals(S_IFSOCK, FileStatus.of(socket).mode() & TYPE);
    Libc.refuse(Errno.ENXIO, "open", socket, Libc.O_RDWR);
  }
}
