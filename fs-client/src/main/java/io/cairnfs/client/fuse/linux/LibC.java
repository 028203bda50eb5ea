package io.cairnfs.client.fuse.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * The C library's functions that the binding calls. Thread-safe. A call answers what the C function
 * does, or -errno if it failed. {@link #read} and {@link #write} take the caller's own segment for
 * errno, so that they allocate nothing; the rest is for rare use.
 */
public final class LibC {

  public static final int O_RDWR = 2;
  public static final int O_PATH = 0x200000;
  public static final int O_CLOEXEC = 0x80000;
  public static final int UMOUNT_FORCE = 1;
  public static final int UMOUNT_DETACH = 2;
  public static final int UMOUNT_NOFOLLOW = 8;
  public static final short POLLIN = 1;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");

  private static final MethodHandle READ =
      function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG), ERRNO);
  private static final MethodHandle WRITE =
      function("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG), ERRNO);
  private static final MethodHandle OPEN =
      function(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          ERRNO,
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), ERRNO);
  private static final MethodHandle IOCTL =
      function(
          "ioctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          ERRNO,
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle MOUNT =
      function(
          "mount",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS),
          ERRNO);
  private static final MethodHandle UMOUNT =
      function("umount2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), ERRNO);
  private static final MethodHandle STATFS =
      function("statfs", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS), ERRNO);
  private static final MethodHandle POLL =
      function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT), ERRNO);
  private static final MethodHandle GETEUID = function("geteuid", FunctionDescriptor.of(JAVA_INT));
  private static final MethodHandle GETEGID = function("getegid", FunctionDescriptor.of(JAVA_INT));
  private static final MethodHandle STRERROR =
      function("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));

  private static final int STATFS_BYTES = 256; // struct statfs is 120; room to spare
  private static final int MAX_MESSAGE = 256;

  private LibC() {}

  static MethodHandle function(String name, FunctionDescriptor type, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, options);
  }

  /** A segment for errno, to be used by one thread at a time. */
  public static MemorySegment allocateErrno(Arena arena) {
    return arena.allocate(CAPTURE);
  }

  /** read(2): bytes read, or -errno. */
  public static long read(int fd, MemorySegment target, long length, MemorySegment errno) {
    try {
      long result = (long) READ.invokeExact(errno, fd, target, length);
      return result >= 0 ? result : -errnoIn(errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** write(2): bytes written, or -errno. */
  public static long write(int fd, MemorySegment source, long length, MemorySegment errno) {
    try {
      long result = (long) WRITE.invokeExact(errno, fd, source, length);
      return result >= 0 ? result : -errnoIn(errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** open(2) of an existing file. */
  public static int open(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = allocateErrno(arena);
      int result = (int) OPEN.invokeExact(errno, arena.allocateFrom(path), flags);
      return result >= 0 ? result : -errnoIn(errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  public static int close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = allocateErrno(arena);
      int result = (int) CLOSE.invokeExact(errno, fd);
      return result >= 0 ? result : -errnoIn(errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** ioctl(2) whose argument points to an int. */
  public static int ioctl(int fd, long request, int value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = allocateErrno(arena);
      int result = (int) IOCTL.invokeExact(errno, fd, request, arena.allocateFrom(JAVA_INT, value));
      return result >= 0 ? result : -errnoIn(errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  public static int mount(String source, String target, String type, long flags, String data) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = allocateErrno(arena);
      int result =
          (int)
              MOUNT.invokeExact(
                  errno,
                  arena.allocateFrom(source),
                  arena.allocateFrom(target),
                  arena.allocateFrom(type),
                  flags,
                  arena.allocateFrom(data));
      return result >= 0 ? result : -errnoIn(errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** umount2(2). */
  public static int unmount(String target, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = allocateErrno(arena);
      int result = (int) UMOUNT.invokeExact(errno, arena.allocateFrom(target), flags);
      return result >= 0 ? result : -errnoIn(errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** statfs(2), of which only the outcome is told: whether a file system answers. */
  public static int statfs(String path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = allocateErrno(arena);
      int result =
          (int)
              STATFS.invokeExact(errno, arena.allocateFrom(path), arena.allocate(STATFS_BYTES, 8));
      return result >= 0 ? result : -errnoIn(errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** poll(2) for input on one descriptor: 1 if there is some, 0 after the timeout. */
  public static int pollInput(int fd, int timeoutMillis) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = allocateErrno(arena);
      MemorySegment pollfd = arena.allocate(8, 4);
      pollfd.set(JAVA_INT, 0, fd);
      pollfd.set(JAVA_INT, 4, POLLIN); // events in the low half, revents in the high one
      int result = (int) POLL.invokeExact(errno, pollfd, 1L, timeoutMillis);
      return result >= 0 ? result : -errnoIn(errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  public static int effectiveUser() {
    try {
      return (int) GETEUID.invokeExact();
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  public static int effectiveGroup() {
    try {
      return (int) GETEGID.invokeExact();
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** The C library's words for an errno. */
  public static String describe(int errno) {
    try {
      return ((MemorySegment) STRERROR.invokeExact(errno)).reinterpret(MAX_MESSAGE).getString(0);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** The result of a call, or its failure as an exception. */
  public static int check(int result, String call) throws SystemCallException {
    if (result < 0) {
      throw new SystemCallException(call, -result);
    }
    return result;
  }

  static int errnoIn(MemorySegment captured) {
    return captured.get(JAVA_INT, 0);
  }

  static Linker.Option captureErrno() {
    return ERRNO;
  }

  /** Method handles are declared to throw anything; a native function throws nothing. */
  static RuntimeException unexpected(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }
}
