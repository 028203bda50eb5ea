package io.cairnfs.it.posix;

import static io.cairnfs.it.posix.Libc.O_RDWR;
import static io.cairnfs.it.posix.RecordLock.F_OFD_GETLK;
import static io.cairnfs.it.posix.RecordLock.F_OFD_SETLK;
import static io.cairnfs.it.posix.RecordLock.F_RDLCK;
import static io.cairnfs.it.posix.RecordLock.F_SETLK;
import static io.cairnfs.it.posix.RecordLock.F_UNLCK;
import static io.cairnfs.it.posix.RecordLock.F_WRLCK;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairnfs.client.fuse.linux.Errno;
import java.io.IOException;
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

  private final Path path;

  LocksIT(TestedDirectory target) throws IOException {
    path = Files.writeString(target.fresh().resolve("file"), "content");
  }

  private Descriptor open() {
    return Descriptor.open(path, O_RDWR);
  }

  private static int set(Descriptor file, int command, int type, long start, long length) {
    return RecordLock.set(file.fd(), command, type, start, length);
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
    try (Descriptor one = open();
        Descriptor two = open()) {
      assertEquals(0, set(one, F_OFD_SETLK, F_WRLCK, 10, 10));
      assertEquals(Errno.EAGAIN, set(two, F_OFD_SETLK, F_RDLCK, 19, 5));
      assertEquals(0, set(two, F_OFD_SETLK, F_WRLCK, 20, 5));
      assertEquals(
          new RecordLock(F_WRLCK, 10, 10, -1),
          RecordLock.get(two.fd(), F_OFD_GETLK, F_WRLCK, 0, 0));
      assertEquals(0, set(one, F_OFD_SETLK, F_UNLCK, 0, 0));
      assertEquals(0, set(two, F_OFD_SETLK, F_RDLCK, 10, 10));
    }
  }

  @Test
  void aProcessLosesItsRangesWithAnyDescriptor() {
    try (Descriptor one = open();
        Descriptor other = open()) {
      assertEquals(0, set(one, F_SETLK, F_WRLCK, 0, 0));
      assertEquals(Errno.EAGAIN, set(other, F_OFD_SETLK, F_WRLCK, 0, 0));
      open().close();
      assertEquals(0, set(other, F_OFD_SETLK, F_WRLCK, 0, 0));
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
    try (Descriptor readOnly = Descriptor.open(path, Libc.O_RDONLY)) {
      assertEquals(Errno.EBADF, set(readOnly, F_SETLK, F_WRLCK, 0, 0));
      assertEquals(Errno.EINVAL, set(readOnly, F_SETLK, 9, 0, 0));
    }
  }
}
