package io.cairnfs.client.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.protocol.head.CommitOutcome.Committed;
import io.cairnfs.protocol.head.CommitOutcome.Conflict;
import io.cairnfs.protocol.head.CommitResult;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockKind;
import io.cairnfs.protocol.head.LockRequest;
import io.cairnfs.protocol.head.LockRequest.Action;
import io.cairnfs.protocol.head.LockRequest.Mode;
import io.cairnfs.protocol.head.News;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.Renewal;
import io.cairnfs.protocol.head.SessionGrant;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeLock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every {@link io.cairnfs.protocol.head.Head} does for several sessions of a volume. */
abstract class SharedHeadContract extends HeadContract {

  private static final Duration NO_WAIT = Duration.ZERO;

  private final SessionId other = SessionId.random();

  @Test
  void anExclusiveSessionIsAskedToShareAndThenAnotherJoins() throws Exception {
    head.open(volume, session, "host:1:/mnt", TIMEOUT);
    commit(1, 0, delta("a"));
    News before = watch(session, 1, 0, NO_WAIT);
    assertFalse(before.recalled());
    assertTrue(before.alone());
    FutureTask<News> recall = start(() -> watch(session, 1, before.version(), TIMEOUT));
    HeadException recalling =
        assertThrows(HeadException.class, () -> head.open(volume, other, "you", TIMEOUT));
    assertEquals(Reason.RECALLING, recalling.reason());
    assertTrue(String.valueOf(recalling.getMessage()).contains("host:1:/mnt"));
    assertTrue(get(recall).recalled());
    assertTrue(head.renew(volume, session, TIMEOUT).exclusive());
    head.share(volume, session, 1, List.of(), TIMEOUT);
    head.share(volume, session, 1, List.of(), TIMEOUT);
    SessionGrant grant = head.open(volume, other, "you", TIMEOUT);
    assertFalse(grant.exclusive());
    assertEquals(1, grant.state().sequence());
    assertEquals(new Renewal(Quota.NONE, 1, false, 1), head.renew(volume, session, TIMEOUT));
    News after = watch(session, 1, 0, NO_WAIT);
    assertFalse(after.recalled() || after.alone());
    assertEquals(Set.of(session, other), new HashSet<>(after.sessions()));
  }

  @Test
  void aSessionThatWantsToBeAloneNeitherJoinsNorIsJoined() throws Exception {
    head.openAlone(volume, session, "fsck", TIMEOUT);
    refused(Reason.HELD, () -> head.open(volume, other, "you", TIMEOUT));
    assertFalse(watch(session, 0, 0, NO_WAIT).recalled());
    refused(Reason.REFUSED, () -> head.share(volume, session, 1, List.of(), TIMEOUT));
    head.close(volume, session, TIMEOUT);
    head.open(volume, other, "you", TIMEOUT);
    head.share(volume, other, 1, List.of(), TIMEOUT);
    refused(Reason.HELD, () -> head.openAlone(volume, SessionId.random(), "fsck", TIMEOUT));
  }

  @Test
  void aCommitIsReleasedWhenAllHaveTakenIt() throws Exception {
    shareByTwo();
    assertEquals(committed(1), commit(1, 0, delta("a")));
    News toOther = watch(other, 0, 0, NO_WAIT);
    assertEquals(List.of("a"), bodies(toOther.deltas()));
    assertEquals(session, toOther.deltas().getFirst().session());
    assertEquals(0, toOther.released());
    News toSelf = watch(session, 0, 0, NO_WAIT);
    assertEquals(List.of("a"), bodies(toSelf.deltas()));
    News taken = watch(session, 1, 0, NO_WAIT);
    assertEquals(0, taken.released());
    FutureTask<News> release = start(() -> watch(session, 1, taken.version(), TIMEOUT));
    watch(other, 1, 0, NO_WAIT);
    assertEquals(1, get(release).released());
  }

  @Test
  void aClosedSessionIsNotWaitedFor() throws Exception {
    shareByTwo();
    commit(1, 0, delta("a"));
    News taken = watch(session, 1, 0, NO_WAIT);
    assertEquals(0, taken.released());
    FutureTask<News> release = start(() -> watch(session, 1, taken.version(), TIMEOUT));
    head.close(volume, other, TIMEOUT);
    News news = get(release);
    assertEquals(1, news.released());
    assertTrue(news.alone());
  }

  @Test
  void transactionsOfTwoSessionsConflictOneByOne() throws Exception {
    shareByTwo();
    assertEquals(committed(1), commit(1, 0, transaction(0, List.of(), List.of(7L))));
    CommitResult second =
        head.commit(
            volume,
            other,
            1,
            0,
            List.of(
                transaction(0, List.of(7L), List.of(8L)), transaction(1, List.of(7L), List.of(9L))),
            TIMEOUT);
    assertEquals(new CommitResult(List.of(new Conflict(), new Committed(2)), 2), second);
  }

  @Test
  void aSessionLeftAloneClaimsTheVolumeAgain() throws Exception {
    shareByTwo();
    assertFalse(head.claim(volume, session, 2, 0, TIMEOUT), "there is another");
    head.close(volume, other, TIMEOUT);
    commit(1, 0, delta("a"));
    assertFalse(head.claim(volume, session, 3, 0, TIMEOUT), "it has not taken everything");
    assertFalse(head.claim(volume, session, 3, 1, TIMEOUT), "a repetition has the first answer");
    assertTrue(head.claim(volume, session, 4, 1, TIMEOUT));
    head.share(volume, session, 1, List.of(), TIMEOUT);
    assertTrue(head.renew(volume, session, TIMEOUT).exclusive(), "a late duplicate was heeded");
    assertEquals(committed(2), commit(2, 1, delta("b")));
    refused(Reason.RECALLING, () -> head.open(volume, SessionId.random(), "you", TIMEOUT));
    head.share(volume, session, 5, List.of(), TIMEOUT);
    assertFalse(head.open(volume, SessionId.random(), "you", TIMEOUT).exclusive());
  }

  @Test
  void aRestartKeepsWhoSharesAndForgetsWhatTheyTook() throws Exception {
    shareByTwo();
    commit(1, 0, delta("a"));
    watch(session, 1, 0, NO_WAIT);
    head = restart();
    assertFalse(head.renew(volume, other, TIMEOUT).exclusive());
    News news = watch(other, 0, 0, NO_WAIT);
    assertEquals(0, news.released());
    watch(other, 1, 0, NO_WAIT);
    assertEquals(0, watch(other, 1, 0, NO_WAIT).released(), "the first has not said so again");
    watch(session, 1, 0, NO_WAIT);
    assertEquals(1, watch(other, 1, 0, NO_WAIT).released());
    assertNotEquals(news.version(), watch(other, 1, 0, NO_WAIT).version());
    assertEquals(committed(1), commit(1, 0, delta("a")));
  }

  @Test
  void nobodyTakesWhatDoesNotExistAndTheDeadAreToldNothing() throws Exception {
    head.open(volume, session, "me", TIMEOUT);
    refused(Reason.REFUSED, () -> watch(session, 1, 0, NO_WAIT));
    refused(Reason.FENCED, () -> watch(other, 0, 0, NO_WAIT));
    News news = watch(session, 0, 0, NO_WAIT);
    FutureTask<News> waiting = start(() -> watch(session, 0, news.version(), TIMEOUT));
    head.close(volume, session, TIMEOUT);
    refused(Reason.FENCED, () -> get(waiting));
    refused(Reason.FENCED, () -> head.share(volume, session, 1, List.of(), TIMEOUT));
    refused(Reason.FENCED, () -> head.claim(volume, session, 1, 0, TIMEOUT));
  }

  @Test
  void locksExcludeOtherSessionsAndAreHandedOver() throws Exception {
    head.open(volume, session, "me", TIMEOUT);
    VolumeLock mine = held(session, 0, 9);
    refused(Reason.REFUSED, () -> lock(session, 1, Action.WRITE, Mode.TRY, 0, 9));
    refused(
        Reason.REFUSED,
        () -> head.share(volume, session, 1, List.of(mine, held(other, 20, 29)), TIMEOUT));
    head.share(volume, session, 1, List.of(mine), TIMEOUT);
    head.open(volume, other, "you", TIMEOUT);
    assertEquals(new LockAnswer.Conflict(mine), lock(other, 0, Action.READ, Mode.TEST, 9, 20));
    assertEquals(new LockAnswer.Conflict(mine), lock(other, 1, Action.READ, Mode.TRY, 9, 20));
    assertEquals(new LockAnswer.Granted(0), lock(other, 2, Action.WRITE, Mode.TRY, 10, 20));
    assertEquals(new LockAnswer.Granted(0), lock(other, 2, Action.WRITE, Mode.TRY, 10, 20));
    assertEquals(new LockAnswer.Waiting(), lock(other, 3, Action.WRITE, Mode.WAIT, 5, 5));
    News before = watch(other, 0, 0, NO_WAIT);
    assertEquals(List.of(), before.grantedLocks());
    FutureTask<News> grant = start(() -> watch(other, 0, before.version(), TIMEOUT));
    assertEquals(new LockAnswer.Deadlock(), lock(session, 1, Action.READ, Mode.WAIT, 15, 15));
    assertEquals(new LockAnswer.Granted(0), lock(session, 2, Action.UNLOCK, Mode.TRY, 4, 6));
    assertEquals(List.of(3L), get(grant).grantedLocks());
    head = restart();
    assertEquals(new LockAnswer.Granted(0), lock(other, 3, Action.WRITE, Mode.WAIT, 5, 5));
    assertEquals(new LockAnswer.Granted(0), head.cancelLock(volume, other, 3, TIMEOUT));
    assertEquals(new LockAnswer.Waiting(), lock(session, 3, Action.READ, Mode.WAIT, 20, 30));
    assertEquals(new LockAnswer.Cancelled(), head.cancelLock(volume, session, 3, TIMEOUT));
    assertEquals(new LockAnswer.Cancelled(), lock(session, 3, Action.READ, Mode.WAIT, 20, 30));
    assertEquals(new LockAnswer.Waiting(), lock(session, 4, Action.READ, Mode.WAIT, 20, 30));
    head.close(volume, other, TIMEOUT);
    assertEquals(List.of(4L), watch(session, 0, 0, NO_WAIT).grantedLocks());
    assertTrue(head.claim(volume, session, 2, 0, TIMEOUT));
    assertEquals(List.of(), watch(session, 0, 0, NO_WAIT).grantedLocks());
  }

  private static VolumeLock held(SessionId by, long start, long end) {
    return new VolumeLock(by, 5, 7, LockKind.POSIX, start, end, true, 42);
  }

  private LockAnswer lock(
      SessionId who, long number, Action action, Mode mode, long start, long end)
      throws HeadException, InterruptedException {
    LockRequest request =
        new LockRequest(number, 0, List.of(), 5, 7, LockKind.POSIX, start, end, action, mode, 42);
    return head.lock(volume, who, request, TIMEOUT);
  }

  private void shareByTwo() throws Exception {
    head.open(volume, session, "me", TIMEOUT);
    head.share(volume, session, 1, List.of(), TIMEOUT);
    head.open(volume, other, "you", TIMEOUT);
  }

  private News watch(SessionId who, long taken, long version, Duration wait)
      throws HeadException, InterruptedException {
    return head.watch(volume, who, taken, version, wait, wait.plus(TIMEOUT));
  }

  private static <T> FutureTask<T> start(Callable<T> call) {
    FutureTask<T> task = new FutureTask<>(call);
    Thread.ofVirtual().start(task);
    return task;
  }

  private static <T> T get(FutureTask<T> task) throws Exception {
    try {
      return task.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }
}
