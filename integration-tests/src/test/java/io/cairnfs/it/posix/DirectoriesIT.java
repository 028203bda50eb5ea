package io.cairnfs.it.posix;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.fuse.linux.Errno;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Directories: listing them while they change, going back, and removing them. */
@OnEachTarget
final class DirectoriesIT {

  private static final int ENTRIES = 2000;
  private static final int NAME_OFFSET = 19; // of d_name in struct dirent
  private static final int NAME_ROOM = 256;
  private static final int NULL = 0;

  private final Path directory;

  DirectoriesIT(TestedDirectory target) {
    directory = target.fresh();
  }

  private void fill(String prefix) throws IOException {
    for (int i = 0; i < ENTRIES; i++) {
      Files.createFile(directory.resolve(prefix + i));
    }
  }

  /** The next name, "." and ".." among them; null at the end. */
  private static @Nullable String next(MemorySegment stream) {
    MemorySegment entry = Libc.callPointer("readdir", stream);
    if (entry.address() == NULL) {
      return null;
    }
    byte[] name =
        entry
            .reinterpret(NAME_OFFSET + NAME_ROOM)
            .asSlice(NAME_OFFSET)
            .toArray(ValueLayout.JAVA_BYTE);
    String text = new String(name, ISO_8859_1);
    return text.substring(0, text.indexOf('\0'));
  }

  private static List<String> rest(MemorySegment stream) {
    List<String> names = new ArrayList<>();
    for (String name = next(stream); name != null; name = next(stream)) {
      names.add(name);
    }
    return names;
  }

  @Test
  void whatStaysIsListedOnceWhileOthersComeAndGo() throws IOException {
    fill("stays-");
    fill("goes-");
    MemorySegment stream = Libc.callPointer("opendir", directory);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      names.add(next(stream));
    }
    for (int i = 0; i < ENTRIES; i++) {
      Files.delete(directory.resolve("goes-" + i));
      Files.createFile(directory.resolve("comes-" + i));
    }
    names.addAll(rest(stream));
    Libc.call("closedir", stream);
    assertEquals(names.size(), new HashSet<>(names).size(), "nothing is listed twice");
    Set<String> staying = new HashSet<>();
    for (int i = 0; i < ENTRIES; i++) {
      staying.add("stays-" + i);
    }
    staying.removeAll(names);
    assertEquals(Set.of(), staying);
    assertTrue(names.contains(".") && names.contains(".."));
  }

  @Test
  void positionsCanBeReturnedTo() throws IOException {
    fill("entry-");
    MemorySegment stream = Libc.callPointer("opendir", directory);
    for (int i = 0; i < 700; i++) {
      assertTrue(next(stream) != null);
    }
    long position = Libc.callLong("telldir", stream);
    List<String> first = rest(stream);
    assertEquals(ENTRIES + 2 - 700, first.size());
    Libc.callPointer("seekdir", stream, position);
    assertEquals(first, rest(stream));
    Files.createFile(directory.resolve("late"));
    Libc.callPointer("rewinddir", stream);
    List<String> again = rest(stream);
    assertEquals(ENTRIES + 3, again.size());
    assertTrue(again.contains("late"));
    Libc.call("closedir", stream);
  }

  @Test
  void onlyEmptyDirectoriesAreRemoved() throws IOException {
    Path sub = Files.createDirectory(directory.resolve("sub"));
    assertEquals(3, FileStatus.of(directory).links());
    Path file = Files.createFile(sub.resolve("file"));
    Libc.refuse(Errno.ENOTEMPTY, "rmdir", sub);
    Libc.refuse(Errno.ENOTDIR, "rmdir", file);
    Libc.refuse(Errno.EISDIR, "unlink", sub);
    Libc.refuse(Errno.EINVAL, "rmdir", sub + "/.");
    Libc.refuse(Errno.ENOTEMPTY, "rmdir", sub + "/..");
    Files.delete(file);
    Libc.call("rmdir", sub);
    assertEquals(2, FileStatus.of(directory).links());
  }

  @Test
  void depth() {
    try (Descriptor top = Descriptor.open(directory, Libc.O_DIRECTORY)) {
      int at = top.fd();
      for (int i = 0; i < 300; i++) { // far longer than a path can say
        Libc.call("mkdirat", at, "n".repeat(100), 0700);
        int below = Libc.call("openat", at, "n".repeat(100), Libc.O_DIRECTORY, 0);
        if (at != top.fd()) {
          Libc.call("close", at);
        }
        at = below;
      }
      new Descriptor(Libc.call("openat", at, "file", Libc.O_CREAT | Libc.O_RDWR, 0600)).close();
      Libc.call("close", at);
    }
  }
}
