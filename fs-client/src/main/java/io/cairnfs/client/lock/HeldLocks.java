package io.cairnfs.client.lock;

import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.NamespaceException.Reason;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockKind;
import io.cairnfs.protocol.head.VolumeLock;
import io.cairnfs.protocol.lock.LockTable;
import io.cairnfs.protocol.lock.LockWait;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * What one session holds, and who waits, the first first: here if the session decides, else at the
 * head, of which this repeats what it granted. Not thread-safe.
 */
final class HeldLocks {

  private final LockTable table = new LockTable();
  private final SequencedSet<LockWaiter> waiters = new LinkedHashSet<>();

  List<VolumeLock> held() {
    return table.held();
  }

  List<LockWaiter> waiters() {
    return List.copyOf(waiters);
  }

  boolean holds(VolumeLock range) {
    return table.holds(range);
  }

  Optional<VolumeLock> obstacle(VolumeLock wanted) {
    return table.obstacle(wanted);
  }

  /** Decides on a request as the head would. */
  LockAnswer decide(LockWaiter waiter, boolean wait) throws NamespaceException {
    if (wait && waiters.size() >= HeadLimits.MAX_LOCK_WAITS) {
      throw new NamespaceException(Reason.NO_LOCKS, "too many wait for locks", null);
    }
    if (wait && table.wouldDeadlock(waiter.wanted)) {
      return new LockAnswer.Deadlock();
    }
    Optional<VolumeLock> obstacle = take(waiter.wanted);
    if (obstacle.isEmpty()) {
      return new LockAnswer.Granted(0);
    }
    if (!wait) {
      return new LockAnswer.Conflict(obstacle.get());
    }
    waiters.add(waiter);
    waitHere(waiter);
    return new LockAnswer.Waiting();
  }

  private Optional<VolumeLock> take(VolumeLock wanted) throws NamespaceException {
    try {
      return table.lock(wanted);
    } catch (HeadException e) {
      throw tooMany(e);
    } finally {
      wakeGranted(); // by a weaker lock in the place of a stronger one
    }
  }

  private static NamespaceException tooMany(HeadException e) {
    return new NamespaceException(Reason.NO_LOCKS, String.valueOf(e.getMessage()), e);
  }

  private void waitHere(LockWaiter waiter) {
    waiter.local = new LockWait(waiter.wanted, 0, false);
    table.await(waiter.local);
  }

  /**
   * Gives back what an owner has in a range.
   *
   * @throws NamespaceException {@code NO_LOCKS} if what is left would be too many
   */
  void unlock(VolumeLock range) throws NamespaceException {
    try {
      table.unlock(range);
    } catch (HeadException e) {
      throw tooMany(e);
    }
    wakeGranted();
  }

  /** As {@link #unlock}, where what is left cannot be too many. */
  void drop(VolumeLock range) {
    try {
      unlock(range);
    } catch (NamespaceException e) {
      throw new IllegalStateException(e);
    }
  }

  private void wakeGranted() {
    for (LockWaiter waiter : waiters()) {
      if (waiter.local != null && waiter.local.granted()) {
        leave(waiter, new LockAnswer.Granted(0));
      }
    }
  }

  private void leave(LockWaiter waiter, LockAnswer answer) {
    waiters.remove(waiter);
    waiter.outcome.complete(answer);
  }

  /** Ends a wait here that has no outcome yet. */
  void withdraw(LockWaiter waiter) {
    if (waiter.local != null) {
      table.withdraw(waiter.local);
    }
    leave(waiter, new LockAnswer.Cancelled());
  }

  /** A request waits at the head. */
  void waitThere(LockWaiter waiter, long number) {
    waiter.number = number;
    waiters.add(waiter);
    loseForNew(waiter.wanted);
  }

  /** The head has decided on a request. */
  void finish(LockWaiter waiter, LockAnswer answer) {
    switch (answer) {
      case LockAnswer.Granted _ -> table.hold(waiter.wanted);
      case LockAnswer.Conflict _ -> loseForNew(waiter.wanted);
      case LockAnswer.Waiting _, LockAnswer.Deadlock _, LockAnswer.Cancelled _ -> {}
    }
    leave(waiter, answer);
  }

  /** A {@code flock} is given up for the one that is asked for in its place. */
  private void loseForNew(VolumeLock wanted) {
    if (wanted.kind() == LockKind.FLOCK) {
      drop(wanted);
    }
  }

  /**
   * What the head decided after its caller was told of a failure.
   *
   * @return whether the head must give it back: not what the owner had before, which would be lost
   *     too
   */
  boolean withdrawLate(VolumeLock wanted, LockAnswer answer) {
    if (wanted.kind() == LockKind.FLOCK) {
      drop(wanted);
      return true;
    }
    boolean granted = answer instanceof LockAnswer.Granted;
    if (granted && table.holds(wanted)) {
      table.hold(wanted);
      return false;
    }
    return granted;
  }

  /**
   * The head decides from now on.
   *
   * @return those who have not asked it yet
   */
  List<LockWaiter> leaveToHead() {
    List<LockWaiter> left = waiters().stream().filter(waiter -> waiter.local != null).toList();
    for (LockWaiter waiter : left) {
      table.withdraw(Objects.requireNonNull(waiter.local));
      waiter.local = null;
    }
    return left;
  }

  /** The head decides no more, and has forgotten who waits. */
  void takeOver() {
    for (LockWaiter waiter : waiters()) {
      if (waiter.local != null) {
        continue;
      }
      waiter.number = 0;
      if (table.obstacle(waiter.wanted).isEmpty()) {
        table.hold(waiter.wanted);
        wakeGranted();
        leave(waiter, new LockAnswer.Granted(0));
      } else {
        waitHere(waiter);
      }
    }
  }

  /** A wait ends by a failure. */
  void fail(LockWaiter waiter, NamespaceException reason) {
    waiters.remove(waiter);
    waiter.outcome.completeExceptionally(reason);
  }

  /** Everything is lost. */
  void failAll(NamespaceException reason) {
    waiters().forEach(waiter -> fail(waiter, reason));
  }
}
