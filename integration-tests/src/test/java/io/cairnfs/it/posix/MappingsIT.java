package io.cairnfs.it.posix;

import static io.cairnfs.it.posix.Libc.O_CREAT;
import static io.cairnfs.it.posix.Libc.O_DIRECT;
import static io.cairnfs.it.posix.Libc.O_RDWR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** mmap(2), shared and private. */
@OnEachTarget
final class MappingsIT {

  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_SHARED = 1;
  private static final int MAP_PRIVATE = 2;
  private static final int MS_SYNC = 4;
  private static final int LENGTH = 8192;

  private final Path path;

  MappingsIT(TestedDirectory target) {
    path = target.fresh().resolve("file");
  }

  private static MemorySegment map(Descriptor file, int kind) {
    MemorySegment mapped =
        Libc.callPointer(
            "mmap", MemorySegment.NULL, (long) LENGTH, PROT_READ_WRITE, kind, file.fd(), 0L);
    assertTrue(mapped.address() != -1, "mmap failed");
    return mapped.reinterpret(LENGTH);
  }

  private static void unmap(MemorySegment mapped) {
    Libc.call("munmap", mapped, (long) LENGTH);
  }

  @Test
  void storesAndWritesAreSeenByEachOther() {
    try (Descriptor file = Descriptor.open(path, O_CREAT | O_RDWR)) {
      file.write(new byte[LENGTH], 0);
      MemorySegment mapped = map(file, MAP_SHARED);
      mapped.set(ValueLayout.JAVA_BYTE, 5000, (byte) 'm');
      file.write("w", 5001);
      Libc.call("msync", mapped, (long) LENGTH, MS_SYNC);
      assertEquals("mw", file.text(2, 5000));
      assertEquals((byte) 'w', mapped.get(ValueLayout.JAVA_BYTE, 5001));
      unmap(mapped);
    }
    try (Descriptor again = Descriptor.open(path, O_RDWR)) {
      assertEquals("mw", again.text(2, 5000));
    }
  }

  @Test
  void privateStoresStayPrivate() {
    try (Descriptor file = Descriptor.open(path, O_CREAT | O_RDWR)) {
      file.write("a".repeat(LENGTH), 0);
      MemorySegment mapped = map(file, MAP_PRIVATE);
      mapped.set(ValueLayout.JAVA_BYTE, 1, (byte) 'p');
      Libc.call("msync", mapped, (long) LENGTH, MS_SYNC);
      assertEquals("aaa", file.text(3, 0));
      unmap(mapped);
    }
  }

  @Test
  void truncationShowsInAMapping() {
    try (Descriptor file = Descriptor.open(path, O_CREAT | O_RDWR)) {
      file.write("a".repeat(LENGTH), 0);
      MemorySegment mapped = map(file, MAP_SHARED);
      assertEquals((byte) 'a', mapped.get(ValueLayout.JAVA_BYTE, 200));
      Libc.call("ftruncate", file.fd(), 100L);
      Libc.call("ftruncate", file.fd(), (long) LENGTH);
      assertEquals((byte) 0, mapped.get(ValueLayout.JAVA_BYTE, 200));
      assertEquals((byte) 'a', mapped.get(ValueLayout.JAVA_BYTE, 99));
      unmap(mapped);
    }
  }

  @Test
  void directFilesCanBeMapped() {
    try (Descriptor file = Descriptor.open(path, O_CREAT | O_RDWR | O_DIRECT)) {
      file.write("a".repeat(LENGTH), 0);
      MemorySegment mapped = map(file, MAP_SHARED);
      mapped.set(ValueLayout.JAVA_BYTE, 4096, (byte) 'm');
      Libc.call("msync", mapped, (long) LENGTH, MS_SYNC);
      assertEquals("maa", file.text(4096, 4096).substring(0, 3));
      file.write("b".repeat(4096), 0);
      assertEquals((byte) 'b', mapped.get(ValueLayout.JAVA_BYTE, 0));
      unmap(mapped);
    }
  }
}
