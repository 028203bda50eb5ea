package io.cairnfs.it.posix;

import static io.cairnfs.it.posix.RecordLock.F_GETLK;
import static io.cairnfs.it.posix.RecordLock.F_OFD_GETLK;
import static io.cairnfs.it.posix.RecordLock.F_OFD_SETLK;
import static io.cairnfs.it.posix.RecordLock.F_OFD_SETLKW;
import static io.cairnfs.it.posix.RecordLock.F_RDLCK;
import static io.cairnfs.it.posix.RecordLock.F_SETLK;
import static io.cairnfs.it.posix.RecordLock.F_SETLKW;
import static io.cairnfs.it.posix.RecordLock.F_UNLCK;
import static io.cairnfs.it.posix.RecordLock.F_WRLCK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.cairnfs.client.fuse.linux.Errno;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Locks between processes: who waits, who is told, and what gives them back. */
@OnEachTarget(alwaysOnThreeNodes = true)
final class LocksOfProcessesIT {

  private static final int EDEADLK = 35;
  private static final int LOCK_SH = 1;
  private static final int LOCK_EX = 2;
  private static final int LOCK_UN = 8;
  private static final int NOW = 4;

  /** Long enough for a lock to be given that should not be. */
  private static final long WAIT_MILLIS = 150;

  private final Path path;
  private final Descriptor open;
  private final LockingProcess other;

  LocksOfProcessesIT(TestedDirectory target) throws Exception {
    path = Files.writeString(target.fresh().resolve("file"), "content");
    open = Descriptor.open(path, Libc.O_RDWR);
    other = LockingProcess.of(path);
  }

  @AfterEach
  void close() {
    other.close();
    open.close();
  }

  private int set(int command, int type, long start, long length) {
    return RecordLock.set(open.fd(), command, type, start, length);
  }

  private static void assertWaits(CompletableFuture<Integer> answer) throws Exception {
    Thread.sleep(WAIT_MILLIS);
    assertFalse(answer.isDone(), "it should wait");
  }

  private static int result(CompletableFuture<Integer> answer) throws Exception {
    return answer.get(10, TimeUnit.SECONDS);
  }

  @Test
  void rangesConflictAndTheHolderIsTold() throws Exception {
    assertEquals(0, other.set(F_SETLK, F_WRLCK, 10, 10));
    assertEquals(Errno.EAGAIN, set(F_SETLK, F_RDLCK, 19, 5));
    assertEquals(0, set(F_SETLK, F_WRLCK, 20, 5));
    assertEquals(
        new RecordLock(F_WRLCK, 10, 10, other.pid()),
        RecordLock.get(open.fd(), F_GETLK, F_RDLCK, 0, 0));
    assertEquals(0, other.set(F_SETLK, F_RDLCK, 10, 10)); // a weaker one instead
    assertEquals(0, set(F_SETLK, F_RDLCK, 10, 10));
    assertEquals(Errno.EAGAIN, other.set(F_SETLK, F_WRLCK, 15, 1));
    assertEquals(0, other.set(F_SETLK, F_UNLCK, 12, 2)); // leaves two
    assertEquals(0, set(F_SETLK, F_WRLCK, 12, 2));
    assertEquals(
        new RecordLock(F_RDLCK, 14, 6, other.pid()),
        RecordLock.get(open.fd(), F_GETLK, F_WRLCK, 13, 0));
  }

  /** LTP's fcntl11. */
  @Test
  void ofSeveralHoldersTheFirstInTheFileIsTold() throws Exception {
    assertEquals(0, other.set(F_SETLK, F_WRLCK, 10, 5));
    assertEquals(0, other.set(F_SETLK, F_RDLCK, 1, 5));
    assertEquals(
        new RecordLock(F_RDLCK, 1, 5, other.pid()),
        RecordLock.get(open.fd(), F_GETLK, F_WRLCK, 0, 0));
  }

  @Test
  void aWaiterIsWoken() throws Exception {
    assertEquals(0, set(F_SETLK, F_WRLCK, 0, 0));
    CompletableFuture<Integer> waiting = other.begin(F_SETLKW, F_WRLCK, 5, 1);
    assertWaits(waiting);
    assertEquals(0, set(F_SETLK, F_UNLCK, 0, 5));
    assertWaits(waiting);
    assertEquals(0, set(F_SETLK, F_UNLCK, 5, 1));
    assertEquals(0, result(waiting));
    assertEquals(Errno.EAGAIN, set(F_SETLK, F_RDLCK, 5, 1));
    assertEquals(0, other.tell("close")); // of any descriptor gives all back
    assertEquals(0, set(F_SETLK, F_WRLCK, 5, 1));
  }

  @Test
  void deathWakesWaiters() throws Exception {
    try (LockingProcess third = LockingProcess.of(path)) {
      assertEquals(0, other.set(F_SETLK, F_WRLCK, 0, 1));
      assertEquals(0, other.tell("flock " + LOCK_EX));
      CompletableFuture<Integer> waiting = third.begin(F_SETLKW, F_RDLCK, 0, 1);
      assertWaits(waiting);
      other.kill();
      assertEquals(0, result(waiting));
      assertEquals(0, third.tell("flock " + (LOCK_EX | NOW)));
    }
  }

  @Test
  void aCircleOfWaitersIsRefused() throws Exception {
    try (LockingProcess third = LockingProcess.of(path)) {
      assertEquals(0, other.set(F_SETLK, F_WRLCK, 0, 1));
      assertEquals(0, third.set(F_SETLK, F_WRLCK, 1, 1));
      CompletableFuture<Integer> waiting = other.begin(F_SETLKW, F_WRLCK, 1, 1);
      assertWaits(waiting);
      assertEquals(EDEADLK, third.set(F_SETLKW, F_WRLCK, 0, 1));
      assertFalse(waiting.isDone(), "nothing was given back");
      assertEquals(0, third.set(F_SETLK, F_UNLCK, 1, 1));
      assertEquals(0, result(waiting));
    }
  }

  @Test
  void locksOfOpenFiles() throws Exception {
    assertEquals(0, other.set(F_OFD_SETLK, F_WRLCK, 0, 10));
    assertEquals(Errno.EAGAIN, set(F_SETLK, F_WRLCK, 5, 1));
    assertEquals(Errno.EAGAIN, set(F_OFD_SETLK, F_RDLCK, 5, 1));
    assertEquals(
        new RecordLock(F_WRLCK, 0, 10, -1), RecordLock.get(open.fd(), F_OFD_GETLK, F_WRLCK, 0, 0));
    assertEquals(0, other.tell("close")); // another descriptor
    assertEquals(Errno.EAGAIN, set(F_OFD_SETLK, F_WRLCK, 0, 1));
    assertEquals(0, other.tell("reopen"));
    assertEquals(0, set(F_OFD_SETLK, F_WRLCK, 0, 1));
    CompletableFuture<Integer> waiting = other.begin(F_OFD_SETLKW, F_WRLCK, 0, 1);
    assertWaits(waiting);
    assertEquals(0, set(F_OFD_SETLK, F_UNLCK, 0, 0));
    assertEquals(0, result(waiting));
  }

  private int flock(int operation) {
    return Libc.errnoOf("flock", open.fd(), operation);
  }

  @Test
  void wholeFiles() throws Exception {
    assertEquals(0, flock(LOCK_SH));
    assertEquals(0, other.tell("flock " + LOCK_SH));
    assertEquals(0, other.set(F_SETLK, F_WRLCK, 0, 0)); // knows nothing of the other kind
    assertEquals(Errno.EAGAIN, flock(LOCK_EX | NOW));
    assertEquals(0, flock(LOCK_SH | NOW));
    CompletableFuture<Integer> upgrading = other.begin("flock " + LOCK_EX);
    assertWaits(upgrading);
    assertEquals(0, flock(LOCK_UN));
    assertEquals(0, result(upgrading));
    assertEquals(Errno.EAGAIN, flock(LOCK_SH | NOW));
    assertEquals(0, other.tell("close")); // another descriptor
    assertEquals(Errno.EAGAIN, flock(LOCK_SH | NOW));
    assertEquals(0, other.tell("flock " + LOCK_SH)); // a weaker one instead
    assertEquals(0, flock(LOCK_SH | NOW));
    assertEquals(0, other.tell("reopen"));
    assertEquals(0, flock(LOCK_EX | NOW));
  }

  @Test
  void aFileWithoutNamesIsLocked() throws Exception {
    Files.delete(path);
    assertEquals(0, other.set(F_SETLK, F_WRLCK, 0, 0));
    assertEquals(Errno.EAGAIN, set(F_SETLK, F_WRLCK, 0, 0));
  }

  /** More than other requests that wait may be at a time. */
  @Test
  void manyWhoWaitHoldUpNobody() throws Exception {
    int many = 600;
    assertEquals(0, flock(LOCK_EX));
    List<Descriptor> opened = new ArrayList<>();
    List<CompletableFuture<Integer>> waiting = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      Descriptor file = Descriptor.open(path, Libc.O_RDWR);
      opened.add(file);
      CompletableFuture<Integer> answer = new CompletableFuture<>();
      waiting.add(answer);
      Thread.ofPlatform()
          .daemon()
          .start(() -> answer.complete(Libc.errnoOf("flock", file.fd(), LOCK_SH)));
    }
    assertWaits(waiting.getLast());
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    assertEquals(0, flock(LOCK_UN));
    for (CompletableFuture<Integer> answer : waiting) {
      assertEquals(0, result(answer));
    }
    opened.forEach(Descriptor::close);
  }
}
