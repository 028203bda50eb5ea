package io.cairnfs.client.fuse.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A child process that inherits one more descriptor than Java's own children may: a socket whose
 * other end is ours, by which it can send a descriptor back. Its standard error goes to memory. For
 * one thread; {@link #close} it.
 */
public final class Spawn implements AutoCloseable {

  /** Where the child finds the socket. */
  public static final int CHILD_SOCKET = 3;

  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM_CLOEXEC = 1 | 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int MFD_CLOEXEC = 1;
  private static final int MAX_ERROR_BYTES = 4096;
  private static final int FILE_ACTIONS_BYTES = 256; // posix_spawn_file_actions_t is 80

  private static final MethodHandle SOCKETPAIR =
      LibC.function(
          "socketpair",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS),
          LibC.captureErrno());
  private static final MethodHandle RECVMSG =
      LibC.function(
          "recvmsg",
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT),
          LibC.captureErrno());
  private static final MethodHandle MEMFD_CREATE =
      LibC.function(
          "memfd_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), LibC.captureErrno());
  private static final MethodHandle PREAD =
      LibC.function(
          "pread", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle WAITPID =
      LibC.function(
          "waitpid",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT),
          LibC.captureErrno());
  private static final MethodHandle ACTIONS_INIT =
      LibC.function("posix_spawn_file_actions_init", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle ACTIONS_DUP =
      LibC.function(
          "posix_spawn_file_actions_adddup2",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle ACTIONS_CLOSE_FROM =
      LibC.function(
          "posix_spawn_file_actions_addclosefrom_np",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle ACTIONS_DESTROY =
      LibC.function("posix_spawn_file_actions_destroy", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle SPAWN =
      LibC.function(
          "posix_spawnp",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment errno = LibC.allocateErrno(arena);
  private final int socket;
  private final int errors;
  private final int pid;

  /**
   * Starts a program found in PATH.
   *
   * @param environment "NAME=value" each
   * @throws SystemCallException if it cannot be started; ENOENT if there is no such program
   */
  public Spawn(List<String> command, List<String> environment) throws SystemCallException {
    int childSocket = -1;
    int mySocket = -1;
    int memory = -1;
    try {
      MemorySegment pair = arena.allocate(8, 4);
      check(
          (int) SOCKETPAIR.invokeExact(errno, AF_UNIX, SOCK_STREAM_CLOEXEC, 0, pair), "socketpair");
      mySocket = pair.get(JAVA_INT, 0);
      childSocket = pair.get(JAVA_INT, 4);
      memory = (int) MEMFD_CREATE.invokeExact(errno, arena.allocateFrom("errors"), MFD_CLOEXEC);
      check(memory, "memfd_create");
      pid = spawn(command, environment, childSocket, memory);
      socket = mySocket;
      errors = memory;
    } catch (Throwable e) {
      closeIfOpen(mySocket);
      closeIfOpen(memory);
      arena.close();
      if (e instanceof SystemCallException failure) {
        throw failure;
      }
      throw LibC.unexpected(e);
    } finally {
      closeIfOpen(childSocket);
    }
  }

  private int spawn(List<String> command, List<String> environment, int childSocket, int memory)
      throws Throwable {
    MemorySegment actions = arena.allocate(FILE_ACTIONS_BYTES, 8);
    MemorySegment child = arena.allocate(JAVA_INT);
    int ignored = (int) ACTIONS_INIT.invokeExact(actions);
    ignored |= (int) ACTIONS_DUP.invokeExact(actions, memory, 2);
    ignored |= (int) ACTIONS_DUP.invokeExact(actions, childSocket, CHILD_SOCKET);
    ignored |= (int) ACTIONS_CLOSE_FROM.invokeExact(actions, CHILD_SOCKET + 1);
    int result =
        ignored != 0
            ? ignored
            : (int)
                SPAWN.invokeExact(
                    child,
                    arena.allocateFrom(command.getFirst()),
                    actions,
                    MemorySegment.NULL,
                    strings(command),
                    strings(environment));
    ignored = (int) ACTIONS_DESTROY.invokeExact(actions);
    if (result != 0) {
      throw new SystemCallException("starting " + command.getFirst(), result);
    }
    return child.get(JAVA_INT, 0);
  }

  private MemorySegment strings(List<String> values) {
    MemorySegment array = arena.allocate(ADDRESS, values.size() + 1L);
    for (int i = 0; i < values.size(); i++) {
      array.setAtIndex(ADDRESS, i, arena.allocateFrom(values.get(i)));
    }
    return array;
  }

  private void check(int result, String call) throws SystemCallException {
    if (result < 0) {
      throw new SystemCallException(call, LibC.errnoIn(errno));
    }
  }

  /**
   * Waits for a descriptor by the socket (cmsg(3)); -1 if the child went away, or was silent,
   * without sending one.
   */
  public int receiveDescriptor(int timeoutMillis) {
    if (LibC.pollInput(socket, timeoutMillis) <= 0) {
      return -1;
    }
    try {
      MemorySegment byteVector = arena.allocate(16, 8);
      byteVector.set(ADDRESS, 0, arena.allocate(1));
      byteVector.set(JAVA_LONG, 8, 1);
      MemorySegment control = arena.allocate(24, 8);
      MemorySegment header = arena.allocate(56, 8);
      header.set(ADDRESS, 16, byteVector);
      header.set(JAVA_LONG, 24, 1);
      header.set(ADDRESS, 32, control);
      header.set(JAVA_LONG, 40, control.byteSize());
      long received = (long) RECVMSG.invokeExact(errno, socket, header, MSG_CMSG_CLOEXEC);
      boolean descriptor =
          received > 0
              && header.get(JAVA_LONG, 40) >= 20
              && control.get(JAVA_INT, 8) == SOL_SOCKET
              && control.get(JAVA_INT, 12) == SCM_RIGHTS;
      return descriptor ? control.get(JAVA_INT, 16) : -1;
    } catch (Throwable e) {
      throw LibC.unexpected(e);
    }
  }

  /** Waits for its end; its exit status, or 128 and the signal that killed it. */
  public int waitFor() {
    try {
      MemorySegment status = arena.allocate(JAVA_INT);
      int result;
      do {
        result = (int) WAITPID.invokeExact(errno, pid, status, 0);
      } while (result < 0 && LibC.errnoIn(errno) == Errno.EINTR);
      int value = status.get(JAVA_INT, 0);
      return (value & 0x7f) == 0 ? (value >>> 8) & 0xff : 128 + (value & 0x7f);
    } catch (Throwable e) {
      throw LibC.unexpected(e);
    }
  }

  /** What it has written to standard error. */
  public String errors() {
    try {
      MemorySegment text = arena.allocate(MAX_ERROR_BYTES);
      long length = (long) PREAD.invokeExact(errors, text, (long) MAX_ERROR_BYTES, 0L);
      byte[] bytes = new byte[(int) Math.max(0, length)];
      MemorySegment.copy(text, JAVA_BYTE, 0, bytes, 0, bytes.length);
      return new String(bytes, StandardCharsets.UTF_8).strip();
    } catch (Throwable e) {
      throw LibC.unexpected(e);
    }
  }

  private static void closeIfOpen(int fd) {
    if (fd >= 0) {
      LibC.close(fd);
    }
  }

  @Override
  public void close() {
    LibC.close(socket);
    LibC.close(errors);
    arena.close();
  }
}
