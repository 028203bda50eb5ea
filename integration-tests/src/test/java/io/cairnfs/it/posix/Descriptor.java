package io.cairnfs.it.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** An open file by its number, as C has it. */
record Descriptor(int fd) implements AutoCloseable {

  static final int SEEK_DATA = 3;
  static final int SEEK_HOLE = 4;

  private static final int PAGE = 4096;

  static Descriptor open(Path path, int flags) {
    return open(path, flags, 0644);
  }

  static Descriptor open(Path path, int flags, int mode) {
    return new Descriptor(Libc.call("open", path, flags, mode));
  }

  /** Writes all of a text at an offset. */
  void write(String text, long offset) {
    write(text.getBytes(StandardCharsets.ISO_8859_1), offset);
  }

  /** Writes all bytes, from memory that O_DIRECT accepts. */
  void write(byte[] bytes, long offset) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment source = arena.allocate(Math.max(1, bytes.length), PAGE);
      MemorySegment.copy(bytes, 0, source, ValueLayout.JAVA_BYTE, 0, bytes.length);
      assertEquals(
          bytes.length,
          Libc.callLong("pwrite", fd, source, (long) bytes.length, offset),
          "written");
    }
  }

  /** Reads until the end of the file, at most so many bytes. */
  byte[] read(int length, long offset) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = arena.allocate(Math.max(1, length), PAGE);
      long count = Libc.callLong("pread", fd, target, (long) length, offset);
      return target.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  String text(int length, long offset) {
    return new String(read(length, offset), StandardCharsets.ISO_8859_1);
  }

  long seek(long offset, int whence) {
    return Libc.callLong("lseek", fd, offset, whence);
  }

  /** A path of the same file, with a name or without. */
  Path path() {
    return Path.of("/proc/self/fd/" + fd);
  }

  @Override
  public void close() {
    Libc.call("close", fd);
  }
}
