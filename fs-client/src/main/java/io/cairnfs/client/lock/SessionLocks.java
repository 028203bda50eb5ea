package io.cairnfs.client.lock;

import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.NamespaceException.Reason;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.client.wait.ImpatientThread;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockRequest.Action;
import io.cairnfs.protocol.head.LockRequest.Mode;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The locks of one session, with the rules of {@code fcntl(2)} and {@code flock(2)}. While it is
 * exclusive they are decided here; while it is shared the head decides, and what it granted is
 * remembered. When that changes, locks and those who wait for them change sides, in their order.
 * Thread-safe.
 *
 * <p>Begins suspended, until the first {@link #resume}. An {@link ImpatientThread} is never told
 * that a lock is in the way: the kernel tells of a closed file after the close, so that the lock
 * may be about to go.
 */
public final class SessionLocks {

  /** By so much one reader of the kernel's requests may be behind another. */
  private static final Duration CLOSING = Duration.ofMillis(2);

  private static final Duration RETRY = Duration.ofMillis(200);

  private final SessionId session;
  private final HeadLocks head;
  private final HeldLocks locks = new HeldLocks();

  /** What is about to be given back. */
  private final List<VolumeLock> releasing = new ArrayList<>();

  /** Of which the head says that they have waited and have their locks. */
  private Set<Long> granted = Set.of();

  private long grantedSequence;
  private boolean local;
  private boolean suspended = true;
  private boolean moving;
  private volatile boolean lost;

  public SessionLocks(SessionId session, LockCalls calls) {
    this.session = session;
    head = new HeadLocks(calls);
  }

  /** Whose locks they are. */
  public SessionId session() {
    return session;
  }

  /** Whether others may wait for what is given back, and must then see what was written. */
  public synchronized boolean areShared() {
    return !local;
  }

  /** Whether an owner has any lock of a kind in a range of a file. */
  public synchronized boolean holds(VolumeLock range) {
    return locks.holds(range);
  }

  /**
   * What is in the way of a lock; empty if nothing is.
   *
   * @throws NamespaceException {@code FENCED} if the session is dead
   */
  public Optional<VolumeLock> test(VolumeLock wanted)
      throws NamespaceException, InterruptedException {
    synchronized (this) {
      awaitOpen();
      if (local) {
        return locks.obstacle(wanted);
      }
      announce();
    }
    return head.test(wanted) instanceof LockAnswer.Conflict conflict
        ? Optional.of(conflict.holder())
        : Optional.empty();
  }

  /**
   * Takes a lock, if nothing is in the way.
   *
   * @return {@code Granted}, with what the session must have taken to see what earlier holders did;
   *     or {@code Conflict}
   * @throws NamespaceException {@code FENCED} if the session is dead, {@code NO_LOCKS} if there are
   *     too many
   */
  public LockAnswer tryLock(VolumeLock wanted) throws NamespaceException, InterruptedException {
    LockAnswer answer = ask(new LockWaiter(wanted), false);
    if (answer instanceof LockAnswer.Conflict) {
      ImpatientThread.aboutToWait();
      Thread.sleep(CLOSING);
      awaitReleases(wanted.inode());
      answer = ask(new LockWaiter(wanted), false);
    }
    return answer;
  }

  /** Waits until what was released of a file before is given back. */
  synchronized void awaitReleases(long inode) throws NamespaceException, InterruptedException {
    while (releasing.stream().anyMatch(range -> range.inode() == inode)) {
      waitForChange();
    }
  }

  /**
   * Takes a lock, and waits for it if need be, however long.
   *
   * @return {@code Granted} as {@link #tryLock}, or {@code Deadlock}
   * @throws NamespaceException as {@link #tryLock}
   * @throws InterruptedException if that came before the lock
   */
  public LockAnswer lock(VolumeLock wanted) throws NamespaceException, InterruptedException {
    LockWaiter waiter = new LockWaiter(wanted);
    LockAnswer answer = ask(waiter, true);
    return answer instanceof LockAnswer.Waiting ? await(waiter) : answer;
  }

  private LockAnswer ask(LockWaiter waiter, boolean wait)
      throws NamespaceException, InterruptedException {
    synchronized (this) {
      awaitOpen();
      if (local) {
        return locks.decide(waiter, wait);
      }
      announce();
    }
    VolumeLock wanted = waiter.wanted;
    Mode mode = wait ? Mode.WAIT : Mode.TRY;
    return head.ask(wanted, HeadLocks.action(wanted), mode, new Locking(waiter));
  }

  private LockAnswer await(LockWaiter waiter) throws NamespaceException, InterruptedException {
    try {
      return result(waiter.outcome);
    } catch (InterruptedException e) {
      CompletableFuture<LockAnswer> end = new CompletableFuture<>();
      Thread.ofVirtual().name("cairn-lock").start(() -> end(waiter, end));
      LockAnswer answer = end.join(); // which is not interrupted: the answer counts
      if (answer instanceof LockAnswer.Cancelled) {
        throw e;
      }
      return answer;
    }
  }

  private static LockAnswer result(CompletableFuture<LockAnswer> outcome)
      throws NamespaceException, InterruptedException {
    try {
      return outcome.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof NamespaceException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Ends a wait, if it has not ended by itself: tells what it came to. */
  private void end(LockWaiter waiter, CompletableFuture<LockAnswer> end) {
    LockAnswer cancelled = new LockAnswer.Cancelled();
    try {
      synchronized (this) {
        awaitOpen();
        if (local && !waiter.outcome.isDone()) {
          locks.withdraw(waiter);
        }
        if (waiter.outcome.isDone()) {
          end.complete(result(waiter.outcome));
          return;
        }
        announce();
      }
      LockAnswer answer = head.cancel(waiter.number);
      synchronized (this) {
        finish(waiter, answer);
      }
      end.complete(result(waiter.outcome));
    } catch (NamespaceException e) {
      end.complete(cancelled); // with the session, or by what it waited for
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end.complete(cancelled);
    }
  }

  /** What a wait at the head came to. */
  private void finish(LockWaiter waiter, LockAnswer answer) {
    if (!waiter.outcome.isDone()) {
      locks.finish(waiter, answer);
      head.settled(waiter.number);
    }
  }

  /** Gives back what an owner has in a range. Throws as {@link #tryLock}. */
  public void unlock(VolumeLock range) throws NamespaceException, InterruptedException {
    synchronized (this) {
      awaitOpen();
      if (local) {
        locks.unlock(range);
        return;
      }
      announce();
    }
    head.ask(range, Action.UNLOCK, Mode.TRY, new Unlocking(range));
  }

  /** As {@link #unlock}; never waits, and this session's later requests come after it. */
  public synchronized void release(VolumeLock range) {
    if (local && isOpen()) {
      locks.drop(range);
    } else if (!lost) {
      releasing.add(range);
      Thread.ofVirtual().name("cairn-unlock").start(() -> releaseAtLast(range));
    }
  }

  private void releaseAtLast(VolumeLock range) {
    try {
      while (!tryUnlock(range)) {
        Thread.sleep(RETRY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      synchronized (this) {
        releasing.remove(range);
        notifyAll();
      }
    }
  }

  /** Whether it is over: a dead session has no locks. */
  private boolean tryUnlock(VolumeLock range) throws InterruptedException {
    try {
      unlock(range);
      return true;
    } catch (NamespaceException e) {
      return lost || e.reason() != Reason.UNAVAILABLE;
    }
  }

  /**
   * Decides nothing, and asks nothing of the head, until {@link #resume}. Returns when what was
   * asked is answered.
   *
   * @return what is held
   */
  public List<VolumeLock> suspend() throws InterruptedException {
    synchronized (this) {
      suspended = true;
      while (moving) {
        wait();
      }
    }
    head.awaitQuiet();
    synchronized (this) {
      return locks.held();
    }
  }

  /**
   * Goes on.
   *
   * @param exclusive whether locks are decided here from now on, and the head has forgotten them;
   *     else the head has what {@link #suspend} told, or what it had before
   */
  public synchronized void resume(boolean exclusive) {
    suspended = false;
    local = exclusive;
    if (exclusive) {
      locks.takeOver();
    } else {
      List<LockWaiter> left = locks.leaveToHead();
      moving = !left.isEmpty();
      if (moving) {
        Thread.ofVirtual().name("cairn-lock").start(() -> move(left));
      }
    }
    notifyAll();
  }

  /** Has those who waited here wait at the head, in their order. */
  private void move(List<LockWaiter> left) {
    try {
      for (LockWaiter waiter : left) {
        move(waiter);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      synchronized (this) {
        moving = false;
        notifyAll();
      }
    }
  }

  private void move(LockWaiter waiter) throws InterruptedException {
    VolumeLock wanted = waiter.wanted;
    head.begin();
    try {
      head.ask(wanted, HeadLocks.action(wanted), Mode.WAIT, new Locking(waiter));
    } catch (NamespaceException e) {
      synchronized (this) {
        locks.fail(waiter, e);
      }
    }
  }

  /**
   * Hears which requests have waited at the head and have their locks. May be told again.
   *
   * @param sequence the volume's, then or later
   */
  public synchronized void granted(Collection<Long> numbers, long sequence) {
    granted = Set.copyOf(numbers);
    grantedSequence = sequence;
    locks.waiters().forEach(this::checkGranted);
  }

  private void checkGranted(LockWaiter waiter) {
    if (granted.contains(waiter.number)) {
      finish(waiter, new LockAnswer.Granted(grantedSequence));
    }
  }

  /** The session is dead, and all locks are lost: who waits, or asks from now on, is told so. */
  public synchronized void lose() {
    lost = true;
    head.lose();
    locks.failAll(dead());
    notifyAll();
  }

  private static NamespaceException dead() {
    return new NamespaceException(Reason.FENCED, "the session is dead, its locks are lost", null);
  }

  /** How many requests wait. */
  synchronized int waiting() {
    return locks.waiters().size();
  }

  private boolean isOpen() {
    return !suspended && !moving && !lost;
  }

  /** Waits until it is known who decides; by the holder of the monitor. */
  private void awaitOpen() throws NamespaceException, InterruptedException {
    while (!isOpen()) {
      if (lost) {
        throw dead();
      }
      waitForChange();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // callers look again
  private void waitForChange() throws NamespaceException, InterruptedException {
    ImpatientThread.aboutToWait();
    long millis = Deadline.remaining().toMillis();
    if (millis == 0) {
      throw new NamespaceException(Reason.UNAVAILABLE, "nobody decides on locks", null);
    }
    wait(millis);
  }

  /** The caller is about to ask the head. */
  private void announce() {
    ImpatientThread.aboutToWait();
    head.begin();
  }

  /** A request for a lock at the head. */
  private final class Locking implements HeadLocks.Outcome {

    private final LockWaiter waiter;

    Locking(LockWaiter waiter) {
      this.waiter = waiter;
    }

    @Override
    public void answered(long number, LockAnswer answer) {
      synchronized (SessionLocks.this) {
        if (answer instanceof LockAnswer.Waiting) {
          locks.waitThere(waiter, number);
          checkGranted(waiter);
        } else {
          locks.finish(waiter, answer);
        }
      }
    }

    @Override
    public boolean late(LockAnswer answer) {
      synchronized (SessionLocks.this) {
        return locks.withdrawLate(waiter.wanted, answer);
      }
    }
  }

  /** Something given back at the head. */
  private final class Unlocking implements HeadLocks.Outcome {

    private final VolumeLock range;

    Unlocking(VolumeLock range) {
      this.range = range;
    }

    @Override
    public void answered(long number, LockAnswer answer) {
      synchronized (SessionLocks.this) {
        locks.drop(range);
      }
    }

    @Override
    public boolean late(LockAnswer answer) {
      answered(0, answer);
      return false;
    }
  }
}
