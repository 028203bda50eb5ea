package io.cairnfs.client.lock;

import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.NamespaceException.Reason;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockRequest;
import io.cairnfs.protocol.head.LockRequest.Action;
import io.cairnfs.protocol.head.LockRequest.Mode;
import io.cairnfs.protocol.head.VolumeLock;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the head for locks. About one file one thing is asked at a time, so that answers come in the
 * order in which the head decided. What has no answer when its caller gives up is settled in the
 * background, before anything else is asked about the file. Thread-safe.
 */
final class HeadLocks {

  /** Files share turns where their numbers fall together; many files lock at the same time. */
  private static final int TURNS = 64;

  private static final Duration RETRY = Duration.ofMillis(200);

  /** Hears what a request came to, before anything else is asked about its file. */
  interface Outcome {

    /** The caller has the answer too. */
    void answered(long number, LockAnswer answer);

    /**
     * The caller was told of a failure.
     *
     * @return whether to give back what was granted
     */
    boolean late(LockAnswer answer);
  }

  private static final Logger LOG = LoggerFactory.getLogger(HeadLocks.class);

  private final LockCalls calls;
  private final LockNumbers numbers = new LockNumbers();
  private final Semaphore[] turns = new Semaphore[TURNS];
  private int underWay;
  private volatile boolean lost;

  HeadLocks(LockCalls calls) {
    this.calls = calls;
    for (int i = 0; i < TURNS; i++) {
      turns[i] = new Semaphore(1);
    }
  }

  /** What became of a request that waited is known. */
  void settled(long number) {
    numbers.settled(number);
  }

  /** The session is dead: what has no answer gets none. */
  void lose() {
    lost = true;
  }

  /** Announces a call of one of the methods that ask. */
  synchronized void begin() {
    underWay++;
  }

  private synchronized void end() {
    underWay--;
    notifyAll();
  }

  /** Waits until everything that was announced is settled. */
  synchronized void awaitQuiet() throws InterruptedException {
    while (underWay > 0) {
      wait();
    }
  }

  /** What is in the way of a lock. */
  LockAnswer test(VolumeLock lock) throws NamespaceException, InterruptedException {
    try {
      return calls.lock(numbers.test(lock, action(lock)));
    } finally {
      end();
    }
  }

  /** What to ask for to get a lock. */
  static Action action(VolumeLock lock) {
    return lock.write() ? Action.WRITE : Action.READ;
  }

  /**
   * Asks for a lock, or gives one back.
   *
   * @throws NamespaceException {@code NO_LOCKS} if the head has too many; others if it is not known
   *     what became of the request
   */
  LockAnswer ask(VolumeLock lock, Action action, Mode mode, Outcome outcome)
      throws NamespaceException, InterruptedException {
    Semaphore turn = take(lock.inode());
    LockRequest request;
    try {
      request = numbers.draw(lock, action, mode);
    } catch (NamespaceException | InterruptedException e) {
      leave(turn);
      throw e;
    }
    try {
      LockAnswer answer = calls.lock(request);
      numbers.answered(request);
      outcome.answered(request.number(), answer);
      leave(turn);
      return answer;
    } catch (NamespaceException | InterruptedException e) {
      Thread.ofVirtual().name("cairn-lock").start(() -> settle(request, lock, turn, outcome));
      throw e;
    }
  }

  /** Ends a request that waits, or says what it came to. */
  LockAnswer cancel(long number) throws NamespaceException, InterruptedException {
    try {
      return repeated(() -> calls.cancelLock(number));
    } finally {
      end();
    }
  }

  private Semaphore take(long inode) throws NamespaceException, InterruptedException {
    Semaphore turn = turns[Math.floorMod(Long.hashCode(inode), TURNS)];
    boolean taken = false;
    try {
      taken = turn.tryAcquire(Deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      if (!taken) {
        end();
      }
    }
    if (!taken) {
      throw new NamespaceException(
          Reason.UNAVAILABLE, "the head does not say what is locked", null);
    }
    return turn;
  }

  private void leave(Semaphore turn) {
    turn.release();
    end();
  }

  private void settle(LockRequest request, VolumeLock lock, Semaphore turn, Outcome outcome) {
    try {
      LockAnswer answer =
          request.action() == Action.UNLOCK
              ? repeated(() -> calls.lock(request))
              : repeated(() -> calls.cancelLock(request.number()));
      if (outcome.late(answer)) {
        LockRequest undo = numbers.draw(lock, Action.UNLOCK, Mode.TRY);
        repeated(() -> calls.lock(undo));
        numbers.answered(undo);
      }
    } catch (NamespaceException e) {
      LOG.debug("a request for a lock ends with its session: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      numbers.answered(request);
      leave(turn);
    }
  }

  /** Something that the head is asked. */
  private interface Question {
    LockAnswer ask() throws NamespaceException, InterruptedException;
  }

  /** Asks until there is an answer, or the session is dead. */
  private LockAnswer repeated(Question question) throws NamespaceException, InterruptedException {
    while (true) {
      try {
        return question.ask();
      } catch (NamespaceException e) {
        if (e.reason() != Reason.UNAVAILABLE || lost) {
          throw e;
        }
      }
      Thread.sleep(RETRY);
    }
  }
}
