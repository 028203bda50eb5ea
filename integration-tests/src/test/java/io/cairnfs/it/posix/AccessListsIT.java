package io.cairnfs.it.posix;

import static io.cairnfs.it.posix.Libc.O_CREAT;
import static io.cairnfs.it.posix.Libc.O_RDWR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairnfs.client.fuse.linux.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Access control lists: what they let in, what they have in common with the mode, inheritance. */
@OnEachTarget(alwaysOnThreeNodes = true)
final class AccessListsIT {

  private static final int CLONE_FS = 0x200;
  private static final String ACCESS = "system.posix_acl_access";
  private static final String DEFAULT = "system.posix_acl_default";

  private static final int USER = 0x3039;
  private static final int GROUP = 0x303a;

  private static final String VERSION = "02000000";
  private static final String OWNER_RWX = "01000700ffffffff";
  private static final String USER_RWX = "0200070039300000";
  private static final String GROUP_R = "04000400ffffffff";
  private static final String GROUP_NONE = "04000000ffffffff";
  private static final String MASK_RWX = "10000700ffffffff";
  private static final String MASK_R = "10000400ffffffff";
  private static final String OTHER_NONE = "20000000ffffffff";
  private static final String WITH_USER =
      VERSION + OWNER_RWX + USER_RWX + GROUP_R + MASK_RWX + OTHER_NONE;

  private final Path directory;
  private final Path file;

  AccessListsIT(TestedDirectory target) throws IOException {
    directory = target.fresh();
    file = Files.writeString(directory.resolve("file"), "content");
    Libc.call("chmod", file, 0640);
  }

  private static void set(Path path, String name, String hex) {
    byte[] value = HexFormat.of().parseHex(hex);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, value);
      Libc.call("setxattr", path, name, bytes, (long) value.length, 0);
    }
  }

  private static void refuse(int errno, Path path, String name, String hex) {
    byte[] value = HexFormat.of().parseHex(hex);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, value);
      Libc.refuse(errno, "setxattr", path, name, bytes, (long) value.length, 0);
    }
  }

  private static String get(Path path, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = arena.allocate(1024);
      long count = Libc.callLong("getxattr", path, name, target, target.byteSize());
      return HexFormat.of().formatHex(target.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
    }
  }

  private static void assertNone(Path path, String name) {
    Libc.refuse(Errno.ENODATA, "getxattr", path, name, MemorySegment.NULL, 0L);
  }

  private static int permissions(Path path) {
    return FileStatus.of(path).permissions();
  }

  @Test
  void aListLetsAUserInAndTheMaskKeepsItOut() throws Exception {
    assumeTrue(System.getProperty("user.name", "").equals("root"), "only root may be others");
    Libc.as(USER, USER, () -> Libc.refuse(Errno.EACCES, "open", file, O_RDWR));
    set(file, ACCESS, WITH_USER);
    Libc.as(USER, USER, () -> Descriptor.open(file, O_RDWR).close());
    Libc.as(USER + 5, USER, () -> Libc.refuse(Errno.EACCES, "open", file, Libc.O_RDONLY));
    Libc.call("chmod", file, 0740);
    Libc.as(USER, USER, () -> Libc.refuse(Errno.EACCES, "open", file, O_RDWR));
    Libc.as(USER, USER, () -> Descriptor.open(file, Libc.O_RDONLY).close());
  }

  @Test
  void theMaskIsTheGroupOfTheMode() {
    set(file, ACCESS, WITH_USER);
    assertEquals(0770, permissions(file));
    Libc.call("chmod", file, 0740);
    assertEquals(VERSION + OWNER_RWX + USER_RWX + GROUP_R + MASK_R + OTHER_NONE, get(file, ACCESS));
    Libc.call("removexattr", file, ACCESS);
    assertEquals(0740, permissions(file));
    Libc.call("removexattr", file, ACCESS);
  }

  @Test
  void aListThatAModeSaysIsNotKept() {
    set(file, ACCESS, VERSION + OWNER_RWX + GROUP_R + OTHER_NONE);
    assertEquals(0740, permissions(file));
    assertNone(file, ACCESS);
  }

  @Test
  void newEntriesInheritInThePlaceOfTheUmask() throws Exception {
    set(directory, DEFAULT, WITH_USER);
    Libc.call("unshare", CLONE_FS); // a umask of this thread's own
    int umask = Libc.call("umask", 0777);
    Path sub = directory.resolve("sub");
    Path made = directory.resolve("made");
    try {
      Libc.call("mkdir", sub, 0755);
      Descriptor.open(made, O_CREAT | O_RDWR, 0664).close();
      Libc.call("mknod", directory.resolve("fifo"), 0010000 | 0620, 0L);
    } finally {
      Libc.call("umask", umask);
    }
    assertEquals(WITH_USER, get(sub, DEFAULT));
    assertEquals(0750, permissions(sub));
    assertEquals(0660, permissions(made));
    assertNone(made, DEFAULT);
    assertEquals(
        VERSION
            + OWNER_RWX.replace("0700", "0600")
            + USER_RWX
            + GROUP_R
            + MASK_RWX.replace("0700", "0600")
            + OTHER_NONE,
        get(made, ACCESS));
    assertEquals(0620, permissions(directory.resolve("fifo")));
  }

  @Test
  void unnamedFilesInheritToo() {
    set(directory, DEFAULT, VERSION + OWNER_RWX + GROUP_NONE + OTHER_NONE);
    try (Descriptor unnamed = Descriptor.open(directory, Libc.O_TMPFILE | O_RDWR, 0666)) {
      assertEquals(0600, FileStatus.of(unnamed).permissions());
    }
  }

  @Test
  void symlinksDoNotInherit() {
    set(directory, DEFAULT, WITH_USER);
    Path link = directory.resolve("link");
    Libc.call("symlink", "file", link);
    assertEquals(0777, permissions(link));
  }

  @Test
  void whoIsNotInTheGroupLosesSetGroupId() throws Exception {
    assumeTrue(System.getProperty("user.name", "").equals("root"), "only root may be others");
    Libc.call("chown", file, USER, GROUP);
    Libc.call("chmod", file, 02750);
    Libc.as(USER, GROUP, () -> set(file, ACCESS, WITH_USER));
    assertEquals(02770, permissions(file));
    Libc.as(USER, USER, () -> set(file, ACCESS, WITH_USER));
    assertEquals(0770, permissions(file));
  }

  @Test
  void whatIsNoListIsRefused() {
    refuse(Errno.EINVAL, file, ACCESS, VERSION + OWNER_RWX + USER_RWX + GROUP_R + OTHER_NONE);
    refuse(Errno.EINVAL, file, ACCESS, VERSION + OTHER_NONE + GROUP_R + OWNER_RWX);
    refuse(Errno.EINVAL, file, ACCESS, "0200");
    refuse(Errno.EACCES, file, DEFAULT, WITH_USER);
    assertNone(file, ACCESS);
  }
}
