package io.cairnfs.it.posix;

import static io.cairnfs.it.posix.FileStatus.permissions;
import static io.cairnfs.it.posix.Libc.O_CREAT;
import static io.cairnfs.it.posix.Libc.O_DIRECT;
import static io.cairnfs.it.posix.Libc.O_RDWR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairnfs.client.fuse.linux.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Modes, owners, and the bits set-user-ID, set-group-ID and sticky. */
@OnEachTarget
final class PermissionsIT {

  private static final int USER = 12_345;
  private static final int GROUP = 12_346;
  private static final int OTHER_USER = 12_347;
  private static final int PAGE = 4096;

  private final Path directory;
  private final Path file;

  PermissionsIT(TestedDirectory target) throws IOException {
    assumeTrue(System.getProperty("user.name", "").equals("root"), "only root may be others");
    directory = target.fresh();
    file = Files.writeString(directory.resolve("file"), "content");
    own(file);
  }

  private static void own(Path path) {
    Libc.call("chown", path, USER, GROUP);
  }

  @Test
  void theModeDecides() throws Exception {
    Libc.call("chmod", file, 0640);
    Libc.as(USER, USER, () -> Descriptor.open(file, O_RDWR).close());
    Libc.as(OTHER_USER, GROUP, () -> Descriptor.open(file, Libc.O_RDONLY).close());
    Libc.as(OTHER_USER, GROUP, () -> Libc.refuse(Errno.EACCES, "open", file, O_RDWR));
    Libc.as(OTHER_USER, USER, () -> Libc.refuse(Errno.EACCES, "open", file, Libc.O_RDONLY));
    Libc.as(
        USER,
        GROUP,
        () -> Libc.refuse(Errno.EACCES, "open", directory.resolve("n"), O_CREAT | O_RDWR, 0600));
  }

  @Test
  void onlyTheOwnerChangesAttributes() throws Exception {
    Libc.as(
        OTHER_USER,
        GROUP,
        () -> {
          Libc.refuse(Errno.EPERM, "chmod", file, 0777);
          Libc.refuse(Errno.EPERM, "chown", file, OTHER_USER, GROUP);
        });
    Libc.as(USER, GROUP, () -> Libc.call("chmod", file, 0600));
    Libc.as(USER, GROUP, () -> Libc.refuse(Errno.EPERM, "chown", file, OTHER_USER, GROUP));
    assertEquals(0600, permissions(file));
  }

  @Test
  void newEntriesTakeTheGroupOfASetGroupIdDirectory() throws Exception {
    Path shared = Files.createDirectory(directory.resolve("shared"));
    Libc.call("chown", shared, 0, GROUP);
    Libc.call("chmod", shared, 02777);
    Libc.as(
        USER,
        USER,
        () -> {
          Libc.call("mkdir", shared.resolve("sub"), 0755);
          Descriptor.open(shared.resolve("new"), O_CREAT | O_RDWR, 0644).close();
        });
    assertEquals(GROUP, FileStatus.of(shared.resolve("new")).gid());
    assertEquals(USER, FileStatus.of(shared.resolve("new")).uid());
    assertEquals(GROUP, FileStatus.of(shared.resolve("sub")).gid());
    assertEquals(02000, permissions(shared.resolve("sub")) & 02000);
  }

  @Test
  void stickyDirectoriesProtectEntries() throws Exception {
    Path sticky = Files.createDirectory(directory.resolve("sticky"));
    Libc.call("chmod", sticky, 01777);
    Path mine = Files.writeString(sticky.resolve("mine"), "");
    own(mine);
    Libc.as(
        OTHER_USER,
        GROUP,
        () -> {
          Libc.refuse(Errno.EPERM, "unlink", mine);
          Libc.refuse(Errno.EPERM, "rename", mine, sticky.resolve("yours"));
        });
    Libc.as(USER, GROUP, () -> Libc.call("unlink", mine));
  }

  @ParameterizedTest
  @ValueSource(ints = {O_RDWR, O_RDWR | O_DIRECT})
  void aStrangersWriteClearsSetUserId(int flags) throws Exception {
    Libc.call("chmod", file, 06777);
    assertEquals(06777, permissions(file)); // and the kernel remembers it
    Libc.as(
        OTHER_USER,
        OTHER_USER,
        () -> {
          try (Descriptor open = Descriptor.open(file, flags)) {
            open.write("x".repeat(PAGE), 0);
          }
        });
    assertEquals(0777, permissions(file));
  }

  @Test
  void aStrangersAllocationClearsSetUserId() throws Exception {
    Libc.call("chmod", file, 06777);
    assertEquals(06777, permissions(file));
    Libc.as(
        OTHER_USER,
        OTHER_USER,
        () -> {
          try (Descriptor open = Descriptor.open(file, O_RDWR)) {
            Libc.call("fallocate", open.fd(), 0, 0L, (long) PAGE);
          }
        });
    assertEquals(0777, permissions(file));
  }

  @Test
  void rootsAllocationKeepsSetUserId() throws Exception {
    Libc.call("chmod", file, 06777);
    try (Descriptor open = Descriptor.open(file, O_RDWR)) {
      Libc.call("fallocate", open.fd(), 0, 0L, (long) PAGE);
    }
    assertEquals(06777, permissions(file));
  }

  @Test
  void aStrangersCopyClearsSetUserId() throws Exception {
    try (Descriptor open = Descriptor.open(file, O_RDWR)) {
      open.write("x".repeat(PAGE), 0);
    }
    Libc.call("chmod", file, 06777);
    assertEquals(06777, permissions(file));
    Libc.as(
        OTHER_USER,
        OTHER_USER,
        () -> {
          try (Descriptor open = Descriptor.open(file, O_RDWR)) {
            CopyRangeIT.copy(open, 0, open, PAGE, PAGE);
          }
        });
    assertEquals(0777, permissions(file));
  }

  @Test
  void aStrangersTruncationClearsSetUserId() throws Exception {
    Libc.call("chmod", file, 06777);
    Libc.as(OTHER_USER, OTHER_USER, () -> Libc.call("truncate", file, 1L));
    assertEquals(0777, permissions(file));
  }

  @Test
  void aNewOwnerClearsSetUserId() {
    Libc.call("chmod", file, 06755);
    Libc.call("chown", file, OTHER_USER, GROUP);
    assertEquals(0755, permissions(file));
    Libc.call("chmod", file, 02745); // without execution by the group the bit asks for locking
    Libc.call("chown", file, USER, GROUP);
    assertEquals(02745, permissions(file));
  }

  @Test
  void outsidersDoNotSetGroupId() throws Exception {
    Libc.as(USER, USER, () -> Libc.call("chmod", file, 02755));
    assertEquals(0755, permissions(file));
    Libc.as(USER, GROUP, () -> Libc.call("chmod", file, 02755));
    assertEquals(02755, permissions(file));
  }
}
