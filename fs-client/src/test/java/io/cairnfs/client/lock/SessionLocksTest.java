package io.cairnfs.client.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.testing.MemoryHead;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.client.wait.ImpatientThread;
import io.cairnfs.client.wait.WouldBlockException;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockKind;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeLock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What threads and faults do to the locks of a session. */
@Timeout(120)
final class SessionLocksTest {

  private static final long INODE = 5;
  private static final Duration SHORT = Duration.ofMillis(100);

  private final MemoryHead head = new MemoryHead(HeadLimits.LEASE, () -> 0);
  private final VolumeId volume = head.found(1);
  private final LockingMount mount;

  SessionLocksTest() throws Exception {
    mount = new LockingMount(head, volume, true);
  }

  private static VolumeLock whole(LockingMount of, long owner) {
    return new VolumeLock(of.id, INODE, owner, LockKind.FLOCK, 0, Long.MAX_VALUE, true, 1);
  }

  private LockingMount joined() throws Exception {
    mount.share(true);
    return new LockingMount(head, volume, false);
  }

  private static <T> T onImpatientThread(Callable<T> call) throws Exception {
    FutureTask<T> task = new FutureTask<>(call);
    new ImpatientThread(task, "test-reader").start();
    return task.get(60, TimeUnit.SECONDS);
  }

  private static void assertGranted(LockAnswer answer) {
    assertInstanceOf(LockAnswer.Granted.class, answer);
  }

  @Test
  void aReaderOfRequestsLocksFromMemory() throws Exception {
    assertGranted(onImpatientThread(() -> mount.locks.tryLock(whole(mount, 1))));
    ExecutionException conflict =
        assertThrows(
            ExecutionException.class,
            () -> onImpatientThread(() -> mount.locks.tryLock(whole(mount, 2))));
    assertInstanceOf(WouldBlockException.class, conflict.getCause());
  }

  @Test
  void aReaderOfRequestsAsksNoHead() throws Exception {
    LockingMount other = joined();
    ExecutionException shared =
        assertThrows(
            ExecutionException.class,
            () -> onImpatientThread(() -> mount.locks.tryLock(whole(mount, 1))));
    assertInstanceOf(WouldBlockException.class, shared.getCause());
    assertGranted(other.locks.tryLock(whole(other, 1)));
  }

  @Test
  void whatIsReleasedIsFreeForThoseWhoAskLater() throws Exception {
    joined();
    for (int i = 0; i < 50; i++) {
      assertGranted(mount.locks.tryLock(whole(mount, i)));
      mount.locks.release(whole(mount, i));
    }
  }

  @Test
  void aRequestWithoutAnswerComesToNothing() throws Exception {
    LockingMount other = joined();
    for (boolean executed : new boolean[] {false, true}) {
      head.setFault(
          new MemoryHead.Fault() {
            @Override
            public void before(String method) throws HeadException {
              lose(!executed);
            }

            @Override
            public void after(String method) throws HeadException {
              lose(executed);
            }

            private void lose(boolean now) throws HeadException {
              if (now) {
                throw new HeadException(HeadException.Reason.UNAVAILABLE, "lost");
              }
            }
          });
      NamespaceException failure =
          assertThrows(
              NamespaceException.class,
              () -> Deadline.await(SHORT, () -> mount.locks.tryLock(whole(mount, 1))));
      assertEquals(NamespaceException.Reason.UNAVAILABLE, failure.reason());
      head.setFault(null);
      mount.share(false); // which waits until it is settled; it is shared already
      assertFalse(mount.locks.holds(whole(mount, 1)));
      assertGranted(other.locks.tryLock(whole(other, 1)));
      other.locks.unlock(whole(other, 1));
    }
  }

  @Test
  void deathEndsWaits() throws Exception {
    assertGranted(mount.locks.tryLock(whole(mount, 1)));
    FutureTask<LockAnswer> waiting = new FutureTask<>(() -> mount.locks.lock(whole(mount, 2)));
    Thread.startVirtualThread(waiting);
    while (mount.locks.waiting() == 0) {
      Thread.sleep(1);
    }
    mount.locks.lose();
    ExecutionException failed =
        assertThrows(ExecutionException.class, () -> waiting.get(60, TimeUnit.SECONDS));
    NamespaceException failure = assertInstanceOf(NamespaceException.class, failed.getCause());
    assertEquals(NamespaceException.Reason.FENCED, failure.reason());
    assertThrows(NamespaceException.class, () -> mount.locks.tryLock(whole(mount, 3)));
    assertTrue(mount.locks.waiting() == 0);
  }
}
