package io.cairnfs.it;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * Calls functions of the C library, whose arguments are all integers or addresses. For one thread.
 */
final class ModelCalls implements AutoCloseable {

  /** For paths and names, and what is written and read; aligned for O_DIRECT. */
  static final int BUFFER_BYTES = 4 << 20;

  static final int PAGE_BYTES = 4096;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment captured = arena.allocate(CAPTURE);
  private final MemorySegment[] paths = {arena.allocate(PAGE_BYTES), arena.allocate(PAGE_BYTES)};
  private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, PAGE_BYTES);
  private final Map<String, MethodHandle> functions = new HashMap<>();

  /** What is written from and read into. */
  MemorySegment buffer() {
    return buffer;
  }

  /** The address of a string, until the next one of the same number (0 or 1) is made. */
  long text(int number, String text) {
    paths[number].setString(0, text);
    return paths[number].address();
  }

  /** The result, or -errno; of functions whose result is an int. */
  long callInt(String function, long... arguments) {
    long result = (int) invoke(function, arguments);
    return result == -1 ? -(int) ERRNO.get(captured, 0L) : result;
  }

  /** The result, or -errno; of functions whose result is as long as a pointer. */
  long callLong(String function, long... arguments) {
    long result = invoke(function, arguments);
    return result == -1 ? -(int) ERRNO.get(captured, 0L) : result;
  }

  private long invoke(String function, long[] arguments) {
    MethodHandle handle =
        functions.computeIfAbsent(
            function + "/" + arguments.length, key -> find(function, arguments.length));
    try {
      return (long) handle.invokeExact(captured, arguments);
    } catch (Throwable e) {
      throw new AssertionError(function, e);
    }
  }

  private static MethodHandle find(String function, int arguments) {
    MemoryLayout[] types = Collections.nCopies(arguments, JAVA_LONG).toArray(MemoryLayout[]::new);
    return LINKER
        .downcallHandle(
            LINKER.defaultLookup().findOrThrow(function),
            FunctionDescriptor.of(JAVA_LONG, types),
            Linker.Option.captureCallState("errno"))
        .asSpreader(long[].class, arguments);
  }

  /** Stores bytes to a file through a shared mapping; the result of mmap(2), or 0. */
  long store(int fd, long offset, byte value, int count, boolean sync) {
    long start = offset - offset % PAGE_BYTES;
    long length = offset + count - start;
    long address = callLong("mmap", 0, length, PROT_READ_WRITE, MAP_SHARED, fd, start);
    if (address < 0 && address > -PAGE_BYTES) {
      return address;
    }
    MemorySegment.ofAddress(address).reinterpret(length).asSlice(offset - start, count).fill(value);
    long result = sync ? callInt("msync", address, length, MS_SYNC) : 0;
    long unmapped = callInt("munmap", address, length);
    return result == 0 ? unmapped : result;
  }

  /** The size in a struct stat would depend on the processor: this asks lseek(2) instead. */
  long size(int fd) {
    return callLong("lseek", fd, 0, SEEK_END);
  }

  static final int O_RDONLY = 0;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0100;
  static final int O_EXCL = 0200;
  static final int O_TRUNC = 01000;
  static final int O_APPEND = 02000;
  static final int O_NONBLOCK = 04000;
  static final int O_DIRECT = directFlag();
  static final int O_TMPFILE = 020000000 | directoryFlag();
  static final int SEEK_END = 2;
  static final int SEEK_DATA = 3;
  static final int SEEK_HOLE = 4;
  static final int AT_FDCWD = -100;
  static final int AT_SYMLINK_NOFOLLOW = 0x100;
  static final int AT_SYMLINK_FOLLOW = 0x400;
  static final int FALLOC_KEEP_SIZE = 1;
  static final int FALLOC_PUNCH_HOLE = 2;
  static final int FALLOC_ZERO_RANGE = 16;
  static final int S_IFIFO = 010000;
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_SHARED = 1;
  private static final int MS_SYNC = 4;

  private static boolean isArm() {
    return System.getProperty("os.arch").equals("aarch64");
  }

  private static int directFlag() {
    return isArm() ? 0200000 : 040000;
  }

  private static int directoryFlag() {
    return isArm() ? 040000 : 0200000;
  }

  @Override
  public void close() {
    arena.close();
  }
}
