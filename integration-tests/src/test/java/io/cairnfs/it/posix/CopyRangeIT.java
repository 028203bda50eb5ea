package io.cairnfs.it.posix;

import static io.cairnfs.it.posix.Libc.O_CREAT;
import static io.cairnfs.it.posix.Libc.O_RDWR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairnfs.client.fuse.linux.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** copy_file_range(2). */
@OnEachTarget
final class CopyRangeIT {

  private static final int LENGTH = 300_000;

  private final Path directory;
  private final Descriptor source;
  private final Descriptor target;
  private final byte[] content = new byte[LENGTH];

  CopyRangeIT(TestedDirectory tested) {
    directory = tested.fresh();
    source = Descriptor.open(directory.resolve("source"), O_CREAT | O_RDWR);
    target = Descriptor.open(directory.resolve("target"), O_CREAT | O_RDWR);
    new Random(1).nextBytes(content);
    source.write(content, 0);
  }

  @AfterEach
  void close() {
    source.close();
    target.close();
  }

  private static Object[] arguments(
      Arena arena, Descriptor from, long at, Descriptor to, long toAt, long length) {
    MemorySegment offsets = arena.allocateFrom(ValueLayout.JAVA_LONG, at, toAt);
    return new Object[] {from.fd(), offsets, to.fd(), offsets.asSlice(Long.BYTES), length, 0};
  }

  /** Copies all, in as many steps as the file system likes; tells how much that was. */
  static long copy(Descriptor from, long at, Descriptor to, long toAt, long length) {
    long done = 0;
    while (done < length) {
      try (Arena arena = Arena.ofConfined()) {
        Object[] call = arguments(arena, from, at + done, to, toAt + done, length - done);
        long count = Libc.callLong("copy_file_range", call);
        if (count == 0) {
          break;
        }
        done += count;
      }
    }
    return done;
  }

  @Test
  void bytesAreCopied() {
    assertEquals(100_001, copy(source, 7, target, 5_003, 100_001));
    byte[] expected = new byte[5_003 + 100_001];
    System.arraycopy(content, 7, expected, 5_003, 100_001);
    assertArrayEquals(expected, target.read(LENGTH, 0));
  }

  @Test
  void theEndOfTheSourceEndsIt() {
    assertEquals(1_000, copy(source, LENGTH - 1_000, target, 0, 5_000));
    assertEquals(0, copy(source, LENGTH, target, 0, 5_000));
    assertEquals(1_000, FileStatus.of(target).size());
  }

  @Test
  void copiesAreIndependent() {
    assertEquals(LENGTH, copy(source, 0, target, 0, LENGTH));
    source.write("changed", 100);
    assertArrayEquals(content, target.read(LENGTH, 0));
  }

  @Test
  void withinOneFile() {
    assertEquals(1_000, copy(source, 0, source, 200_000, 1_000));
    assertArrayEquals(Arrays.copyOf(content, 1_000), source.read(1_000, 200_000));
    try (Arena arena = Arena.ofConfined()) {
      Libc.refuse(Errno.EINVAL, "copy_file_range", arguments(arena, source, 0, source, 500, 1_000));
    }
  }

  @Test
  void wrongDescriptorsAreRefused() {
    try (Arena arena = Arena.ofConfined();
        Descriptor readOnly = Descriptor.open(directory.resolve("target"), Libc.O_RDONLY);
        Descriptor parent = Descriptor.open(directory, Libc.O_DIRECTORY)) {
      Libc.refuse(Errno.EBADF, "copy_file_range", arguments(arena, source, 0, readOnly, 0, 10));
      Libc.refuse(Errno.EISDIR, "copy_file_range", arguments(arena, parent, 0, target, 0, 10));
    }
  }
}
