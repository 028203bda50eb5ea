package io.cairnfs.node.head.machine;

import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockKind;
import io.cairnfs.protocol.head.LockMessages;
import io.cairnfs.protocol.head.LockRequest;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeLock;
import io.cairnfs.protocol.head.message.LockAnswerSnapshot;
import io.cairnfs.protocol.head.message.LockWaitSnapshot;
import io.cairnfs.protocol.head.message.SessionSnapshot;
import io.cairnfs.protocol.lock.LockTable;
import io.cairnfs.protocol.lock.LockWait;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One session's numbered requests for locks. Several may be under way at a time and arrive in any
 * order; each is executed once, and has its answer until the session acknowledges it. One that
 * waits is kept until the session says that it knows the outcome.
 */
final class LockRequests {

  private final SessionId session;
  private final TreeMap<Long, LockAnswer> answers = new TreeMap<>();
  private final TreeMap<Long, LockWait> waits = new TreeMap<>();
  private long acknowledged;

  LockRequests(SessionId session) {
    this.session = session;
  }

  /**
   * @param sequence the volume's, for what is granted
   * @throws HeadException {@code REFUSED}, as {@link io.cairnfs.protocol.head.Head#lock} says
   */
  LockAnswer execute(LockRequest request, LockTable table, long sequence) throws HeadException {
    long number = request.number();
    LockWait wait = waits.get(number);
    if (wait != null) {
      return answer(wait, sequence);
    }
    LockAnswer before = before(number, Math.max(acknowledged, request.acknowledged()));
    if (before != null) {
      return fresh(before, sequence);
    }
    LockAnswer answer = answer(request, table, sequence);
    acknowledge(request);
    answers.put(number, answer);
    return answer;
  }

  /** The answer that a number has; null if it is new. */
  private @Nullable LockAnswer before(long number, long forgotten) throws HeadException {
    if (number <= forgotten) {
      throw refused("request " + number + " was acknowledged through " + forgotten);
    }
    if (number > forgotten + HeadLimits.LOCK_REQUEST_WINDOW) {
      throw refused("request " + number + " is too far beyond what is acknowledged, " + forgotten);
    }
    return answers.get(number);
  }

  private static LockAnswer fresh(LockAnswer answer, long sequence) {
    return answer instanceof LockAnswer.Granted ? new LockAnswer.Granted(sequence) : answer;
  }

  private static LockAnswer answer(LockWait wait, long sequence) {
    return wait.granted() ? new LockAnswer.Granted(sequence) : new LockAnswer.Waiting();
  }

  private void acknowledge(LockRequest request) {
    acknowledged = Math.max(acknowledged, request.acknowledged());
    answers.headMap(acknowledged, true).clear();
    for (long number : request.settled()) {
      LockWait wait = waits.get(number);
      if (wait != null && wait.granted()) {
        waits.remove(number);
      }
    }
  }

  private LockAnswer answer(LockRequest request, LockTable table, long sequence)
      throws HeadException {
    VolumeLock wanted = wanted(session, request);
    if (request.action() == LockRequest.Action.UNLOCK) {
      table.unlock(wanted);
      return new LockAnswer.Granted(sequence);
    }
    boolean mayWait = request.mode() == LockRequest.Mode.WAIT;
    if (mayWait && waits.size() >= HeadLimits.MAX_LOCK_WAITS) {
      throw refused("a session waits for at most " + HeadLimits.MAX_LOCK_WAITS + " locks");
    }
    if (mayWait && table.wouldDeadlock(wanted)) {
      return new LockAnswer.Deadlock();
    }
    Optional<VolumeLock> obstacle = table.lock(wanted);
    if (obstacle.isEmpty()) {
      return new LockAnswer.Granted(sequence);
    }
    if (!mayWait) {
      return new LockAnswer.Conflict(obstacle.get());
    }
    LockWait wait = new LockWait(wanted, request.number(), false);
    waits.put(request.number(), wait);
    table.await(wait);
    return new LockAnswer.Waiting();
  }

  /** The lock that a request is about; a {@code flock} is of the whole file. */
  static VolumeLock wanted(SessionId session, LockRequest request) {
    boolean whole = request.kind() == LockKind.FLOCK;
    return new VolumeLock(
        session,
        request.inode(),
        request.owner(),
        request.kind(),
        whole ? 0 : request.start(),
        whole ? Long.MAX_VALUE : request.end(),
        request.action() == LockRequest.Action.WRITE,
        request.pid());
  }

  /** Ends a request: what it came to. */
  LockAnswer cancel(long number, LockTable table, long sequence) throws HeadException {
    LockAnswer cancelled = new LockAnswer.Cancelled();
    LockWait wait = waits.get(number);
    if (wait != null) {
      if (wait.granted()) {
        return new LockAnswer.Granted(sequence);
      }
      waits.remove(number);
      table.withdraw(wait);
    } else if (number > acknowledged) {
      LockAnswer before = before(number, acknowledged);
      if (before != null) {
        return fresh(before, sequence);
      }
    }
    if (number > acknowledged) {
      answers.put(number, cancelled);
    }
    return cancelled;
  }

  /** Forgets the waits: the session does not share its locks any more. */
  void leave() {
    waits.clear();
  }

  /** Those that waited, have their locks, and are not settled. */
  List<Long> granted() {
    return waits.values().stream().filter(LockWait::granted).map(wait -> wait.number()).toList();
  }

  private static HeadException refused(String message) {
    return new HeadException(Reason.REFUSED, message);
  }

  void save(SessionSnapshot.Builder to) {
    to.setLockAcknowledged(acknowledged);
    answers.forEach(
        (number, answer) ->
            to.addLockAnswer(
                LockAnswerSnapshot.newBuilder()
                    .setNumber(number)
                    .setAnswer(LockMessages.encode(answer))));
    // Those that wait are saved in the order in which they will have their turns.
    waits.values().stream()
        .filter(LockWait::granted)
        .forEach(wait -> to.addGrantedLock(save(wait)));
  }

  static LockWaitSnapshot save(LockWait wait) {
    return LockWaitSnapshot.newBuilder()
        .setNumber(wait.number())
        .setWanted(LockMessages.encode(wait.wanted()))
        .build();
  }

  static LockRequests load(SessionId session, SessionSnapshot from) {
    LockRequests requests = new LockRequests(session);
    requests.acknowledged = from.getLockAcknowledged();
    from.getLockAnswerList()
        .forEach(
            answer ->
                requests.answers.put(answer.getNumber(), LockMessages.decode(answer.getAnswer())));
    from.getGrantedLockList()
        .forEach(
            saved -> {
              LockWait wait =
                  new LockWait(LockMessages.decode(saved.getWanted()), saved.getNumber(), true);
              requests.waits.put(wait.number(), wait);
            });
    return requests;
  }

  /** A wait that was saved with the table. */
  void restore(LockWait wait) {
    waits.put(wait.number(), wait);
  }
}
