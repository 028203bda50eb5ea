package io.cairnfs.it.posix;

import static io.cairnfs.it.posix.Libc.O_RDWR;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairnfs.client.fuse.linux.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** flock(2) and the record locks of fcntl(2): of a process, and of an open file. */
@OnEachTarget
final class LocksIT {

  private static final int LOCK_SH = 1;
  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;
  private static final int LOCK_UN = 8;

  private static final int F_SETLK = 6;
  private static final int F_OFD_GETLK = 36;
  private static final int F_OFD_SETLK = 37;
  private static final int F_RDLCK = 0;
  private static final int F_WRLCK = 1;
  private static final int F_UNLCK = 2;
  private static final int FLOCK_BYTES = 32;

  private final Path path;

  LocksIT(TestedDirectory target) throws IOException {
    path = Files.writeString(target.fresh().resolve("file"), "content");
  }

  private Descriptor open() {
    return Descriptor.open(path, O_RDWR);
  }

  /** struct flock: type, whence, start, length, pid. */
  private static MemorySegment lock(Arena arena, int type, long start, long length) {
    MemorySegment lock = arena.allocate(FLOCK_BYTES, Long.BYTES);
    lock.set(ValueLayout.JAVA_SHORT, 0, (short) type);
    lock.set(ValueLayout.JAVA_LONG, 8, start);
    lock.set(ValueLayout.JAVA_LONG, 16, length);
    return lock;
  }

  @Test
  void wholeFileLocksBelongToTheOpenFile() {
    try (Descriptor one = open();
        Descriptor two = open()) {
      Libc.call("flock", one.fd(), LOCK_SH);
      Libc.call("flock", two.fd(), LOCK_SH);
      Libc.refuse(Errno.EAGAIN, "flock", one.fd(), LOCK_EX | LOCK_NB);
      Libc.call("flock", two.fd(), LOCK_UN);
      Libc.call("flock", one.fd(), LOCK_EX | LOCK_NB);
      Libc.refuse(Errno.EAGAIN, "flock", two.fd(), LOCK_SH | LOCK_NB);
    }
    try (Descriptor three = open()) {
      Libc.call("flock", three.fd(), LOCK_EX | LOCK_NB); // closing gave it back
    }
  }

  @Test
  void rangesOfAnOpenFile() {
    try (Arena arena = Arena.ofConfined();
        Descriptor one = open();
        Descriptor two = open()) {
      Libc.call("fcntl", one.fd(), F_OFD_SETLK, lock(arena, F_WRLCK, 10, 10));
      Libc.refuse(Errno.EAGAIN, "fcntl", two.fd(), F_OFD_SETLK, lock(arena, F_RDLCK, 19, 5));
      Libc.call("fcntl", two.fd(), F_OFD_SETLK, lock(arena, F_WRLCK, 20, 5));
      MemorySegment found = lock(arena, F_WRLCK, 0, 0);
      Libc.call("fcntl", two.fd(), F_OFD_GETLK, found);
      assertEquals(F_WRLCK, found.get(ValueLayout.JAVA_SHORT, 0));
      assertEquals(10, found.get(ValueLayout.JAVA_LONG, 8));
      assertEquals(10, found.get(ValueLayout.JAVA_LONG, 16));
      Libc.call("fcntl", one.fd(), F_OFD_SETLK, lock(arena, F_UNLCK, 0, 0));
      Libc.call("fcntl", two.fd(), F_OFD_SETLK, lock(arena, F_RDLCK, 10, 10));
    }
  }

  @Test
  void aProcessLosesItsRangesWithAnyDescriptor() {
    try (Arena arena = Arena.ofConfined();
        Descriptor one = open();
        Descriptor other = open()) {
      Libc.call("fcntl", one.fd(), F_SETLK, lock(arena, F_WRLCK, 0, 0));
      Libc.refuse(Errno.EAGAIN, "fcntl", other.fd(), F_OFD_SETLK, lock(arena, F_WRLCK, 0, 0));
      open().close();
      Libc.call("fcntl", other.fd(), F_OFD_SETLK, lock(arena, F_WRLCK, 0, 0));
    }
  }

  @Test
  void anotherProcessIsKeptOut() throws Exception {
    try (Descriptor open = open()) {
      Libc.call("flock", open.fd(), LOCK_EX);
      assertEquals(1, shell("flock -n \"$0\" true"));
    }
    assertEquals(0, shell("flock -n \"$0\" true"));
  }

  @Test
  void deathReleases() throws Exception {
    Process holder =
        new ProcessBuilder("flock", path.toString(), "sh", "-c", "echo locked; exec sleep 60")
            .start();
    assertEquals('l', holder.getInputStream().read());
    try (Descriptor open = open()) {
      Libc.refuse(Errno.EAGAIN, "flock", open.fd(), LOCK_EX | LOCK_NB);
      holder.descendants().forEach(ProcessHandle::destroyForcibly);
      holder.destroyForcibly().waitFor();
      Libc.call("flock", open.fd(), LOCK_EX);
    }
  }

  private int shell(String script) throws Exception {
    return new ProcessBuilder("sh", "-c", script, path.toString()).start().waitFor();
  }

  @Test
  void whatIsNotOpenForWritingGetsNoWriteLock() {
    try (Arena arena = Arena.ofConfined();
        Descriptor readOnly = Descriptor.open(path, Libc.O_RDONLY)) {
      Libc.refuse(Errno.EBADF, "fcntl", readOnly.fd(), F_SETLK, lock(arena, F_WRLCK, 0, 0));
      Libc.refuse(Errno.EINVAL, "fcntl", readOnly.fd(), F_SETLK, lock(arena, 9, 0, 0));
    }
  }
}
