package io.cairnfs.it.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Functions of the C library by their names, for what {@code java.nio} cannot say. Arguments are
 * Integer, Long, MemorySegment, and what becomes a string that ends with NUL: String, Path, byte[].
 */
final class Libc {

  static final int AT_FDCWD = -100;
  static final int O_RDONLY = 0;
  static final int O_WRONLY = 01;
  static final int O_RDWR = 02;
  static final int O_CREAT = 0100;
  static final int O_EXCL = 0200;
  static final int O_TRUNC = 01000;
  static final int O_APPEND = 02000;
  static final int O_NONBLOCK = 04000;
  static final int O_NOATIME = 01000000;
  static final int O_DIRECTORY = 0200000;
  static final int O_NOFOLLOW = 0400000;
  static final int O_DIRECT = 040000;
  static final int O_SYNC = 04010000;
  static final int O_DSYNC = 010000;
  static final int O_TMPFILE = 020200000;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = CAPTURE.varHandle(PathElement.groupElement("errno"));

  /** From which argument on a function takes any number of them. */
  private static final Map<String, Integer> VARIADIC = Map.of("open", 2, "openat", 3, "fcntl", 2);

  private Libc() {}

  private record Result(long value, int errno) {}

  /** Calls a function that answers an int; fails if that is -1. */
  static int call(String function, Object... arguments) {
    return Math.toIntExact(succeeded(function, invoke(function, JAVA_INT, arguments)));
  }

  /** Calls a function that answers a long; fails if that is -1. */
  static long callLong(String function, Object... arguments) {
    return succeeded(function, invoke(function, JAVA_LONG, arguments));
  }

  /** Calls a function that answers a pointer, NULL too. */
  static MemorySegment callPointer(String function, Object... arguments) {
    return MemorySegment.ofAddress(invoke(function, JAVA_LONG, arguments).value());
  }

  /** Calls a function that must fail, and for this reason. */
  static void refuse(int errno, String function, Object... arguments) {
    Result result = invoke(function, JAVA_INT, arguments);
    assertEquals(-1, (int) result.value(), () -> function + " succeeded");
    assertEquals(errno, result.errno(), () -> "errno of " + function);
  }

  /** Calls a function that answers 0 or -1; gives 0 or the errno. */
  static int errnoOf(String function, Object... arguments) {
    Result result = invoke(function, JAVA_INT, arguments);
    return result.value() == -1 ? result.errno() : 0;
  }

  private static long succeeded(String function, Result result) {
    if (result.value() == -1) {
      throw new AssertionError(function + " failed with errno " + result.errno());
    }
    return result.value();
  }

  private static Result invoke(String function, ValueLayout answer, Object... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CAPTURE);
      List<Object> values = new ArrayList<>(List.of(state));
      List<MemoryLayout> layouts = new ArrayList<>();
      for (Object argument : arguments) {
        Object value = lower(arena, argument);
        values.add(value);
        layouts.add(
            value instanceof Integer ? JAVA_INT : value instanceof Long ? JAVA_LONG : ADDRESS);
      }
      MethodHandle handle =
          LINKER.downcallHandle(
              LINKER.defaultLookup().findOrThrow(function),
              FunctionDescriptor.of(answer, layouts.toArray(MemoryLayout[]::new)),
              options(function, arguments.length));
      Number result = (Number) handle.invokeWithArguments(values);
      return new Result(result.longValue(), (int) ERRNO.get(state, 0L));
    } catch (Throwable e) {
      throw new AssertionError(function, e);
    }
  }

  private static Linker.Option[] options(String function, int arguments) {
    Linker.Option capture = Linker.Option.captureCallState("errno");
    Integer variadic = VARIADIC.get(function);
    return variadic == null || variadic >= arguments
        ? new Linker.Option[] {capture}
        : new Linker.Option[] {capture, Linker.Option.firstVariadicArg(variadic)};
  }

  private static Object lower(Arena arena, Object argument) {
    return switch (argument) {
      case String text -> arena.allocateFrom(text);
      case Path path -> arena.allocateFrom(path.toString());
      case byte[] bytes -> {
        MemorySegment string = arena.allocate(bytes.length + 1L);
        yield string.copyFrom(MemorySegment.ofArray(bytes));
      }
      default -> argument;
    };
  }

  /** Something to do. */
  interface Action {
    void run() throws Exception;
  }

  /** Runs an action on this thread with another user's rights to files; as root only. */
  static void as(int uid, int gid, Action action) throws Exception {
    int formerGid = (int) invoke("setfsgid", JAVA_INT, gid).value();
    int formerUid = (int) invoke("setfsuid", JAVA_INT, uid).value();
    try {
      action.run();
    } finally {
      invoke("setfsuid", JAVA_INT, formerUid);
      invoke("setfsgid", JAVA_INT, formerGid);
    }
  }
}
