package io.cairnfs.it.posix;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairnfs.client.fuse.linux.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Extended attributes. */
@OnEachTarget(alwaysOnThreeNodes = true)
final class XattrsIT {

  private static final int CREATE = 1;
  private static final int REPLACE = 2;
  private static final int MAX_NAME_BYTES = 255;
  private static final int E2BIG = 7;
  private static final int MAX_VALUE_BYTES = 65_536;

  private final Path file;

  XattrsIT(TestedDirectory target) throws IOException {
    file = Files.writeString(target.fresh().resolve("file"), "content");
  }

  private void set(byte[] name, byte[] value, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(Math.max(1, value.length));
      MemorySegment.copy(value, 0, bytes, ValueLayout.JAVA_BYTE, 0, value.length);
      Libc.call("setxattr", file, name, bytes, (long) value.length, flags);
    }
  }

  private byte[] get(byte[] name, int room) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = arena.allocate(Math.max(1, room));
      long count = Libc.callLong("getxattr", file, name, target, (long) room);
      return target.asSlice(0, room == 0 ? 0 : count).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  private Set<String> list() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = arena.allocate(MAX_VALUE_BYTES);
      long count = Libc.callLong("listxattr", file, target, target.byteSize());
      String all = new String(target.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE), ISO_8859_1);
      return Arrays.stream(all.split("\0"))
          .filter(name -> name.startsWith("user."))
          .collect(Collectors.toSet());
    }
  }

  private static byte[] name(String text) {
    return text.getBytes(ISO_8859_1);
  }

  @Test
  void valuesComeBack() {
    set(name("user.a"), new byte[] {1, 0, 2}, 0);
    set(name("user.empty"), new byte[0], 0);
    assertArrayEquals(new byte[] {1, 0, 2}, get(name("user.a"), 100));
    assertArrayEquals(new byte[0], get(name("user.empty"), 100));
    assertEquals(Set.of("user.a", "user.empty"), list());
    assertEquals(3, Libc.callLong("getxattr", file, "user.a", MemorySegment.NULL, 0L));
    Libc.call("removexattr", file, "user.a");
    assertEquals(Set.of("user.empty"), list());
  }

  @Test
  void flagsSayWhetherItExists() {
    Libc.refuse(Errno.ENODATA, "setxattr", file, "user.a", "v", 1L, REPLACE);
    set(name("user.a"), new byte[] {1}, CREATE);
    Libc.refuse(Errno.EEXIST, "setxattr", file, "user.a", "v", 1L, CREATE);
    set(name("user.a"), new byte[] {2}, REPLACE);
    assertArrayEquals(new byte[] {2}, get(name("user.a"), 1));
    Libc.refuse(Errno.EINVAL, "setxattr", file, "user.a", "v", 1L, CREATE | 4);
  }

  @Test
  void namesOfAnyBytesAreDifferent() {
    byte[] one = name("user.\u00e4\u00b8\u00ad");
    byte[] two = name("user.\u00ff\u0001");
    set(one, new byte[] {1}, 0);
    set(two, new byte[] {2}, 0);
    assertArrayEquals(new byte[] {1}, get(one, 1));
    assertArrayEquals(new byte[] {2}, get(two, 1));
    assertEquals(Set.of(new String(one, ISO_8859_1), new String(two, ISO_8859_1)), list());
  }

  @Test
  void limits() {
    byte[] longest = name("user." + "n".repeat(MAX_NAME_BYTES - 5));
    set(longest, new byte[] {1}, 0);
    assertArrayEquals(new byte[] {1}, get(longest, 1));
    Libc.refuse(Errno.ERANGE, "setxattr", file, new String(longest, ISO_8859_1) + "n", "v", 1L, 0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(MAX_VALUE_BYTES + 1L);
      Libc.refuse(E2BIG, "setxattr", file, "user.big", value, MAX_VALUE_BYTES + 1L, 0);
      Libc.refuse(Errno.ERANGE, "getxattr", file, shorter(), value, 1L);
    }
  }

  private String shorter() {
    set(name("user.two"), new byte[2], 0);
    return "user.two";
  }

  @Test
  void whatIsMissingOrUnknownIsRefused() {
    Libc.refuse(Errno.ENODATA, "removexattr", file, "user.none");
    Libc.refuse(Errno.ENODATA, "getxattr", file, "user.none", MemorySegment.NULL, 0L);
    Libc.refuse(Errno.EOPNOTSUPP, "setxattr", file, "unknown.name", "v", 1L, 0);
    Libc.refuse(Errno.EINVAL, "setxattr", file, "user.", "v", 1L, 0);
    Path link = file.resolveSibling("symlink");
    Libc.call("symlink", "file", link);
    Libc.refuse(Errno.EPERM, "lsetxattr", link, "user.a", "v", 1L, 0);
  }
}
