package io.cairnfs.node.head;

import io.cairnfs.node.head.machine.Sharing;
import io.cairnfs.node.head.machine.Sharing.Member;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.wait.CoarseTimer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the leader knows of one volume's sessions beyond the log, and those who wait for news of it.
 * All of it may be forgotten: a new leader begins without. Who waits costs a virtual thread.
 * Thread-safe.
 */
final class VolumeWatch {

  private final HeadEngine engine;
  private final VolumeId volume;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ReleaseTracker tracker = new ReleaseTracker();
  private long released;
  private @Nullable String ended;

  VolumeWatch(HeadEngine engine, VolumeId volume) {
    this.engine = engine;
    this.volume = volume;
  }

  /** Commands on the volume were applied. */
  void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Fails those who wait, now and later: what is kept here is not true any more. */
  void end(String why) {
    lock.lock();
    try {
      ended = why;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Notes what a session has taken, and waits until there are deltas after that or another version
   * than it knows, but not beyond a deadline.
   *
   * @param deadlineNanos as {@link System#nanoTime}
   * @throws HeadException {@code FENCED}; {@code REFUSED} if it says to have taken what does not
   *     exist; {@code UNAVAILABLE}
   */
  Moment awaitNews(SessionId session, long taken, long knownVersion, long deadlineNanos)
      throws HeadException, InterruptedException {
    lock.lock();
    try {
      took(session, taken);
      while (true) {
        Moment moment = moment(session);
        boolean timeIsUp = System.nanoTime() - deadlineNanos >= 0;
        if (timeIsUp || moment.hasDeltasAfter(taken) || moment.version() != knownVersion) {
          return moment;
        }
        CoarseTimer.Alarm alarm =
            CoarseTimer.after(patience(moment.sharing(), deadlineNanos), this::signal);
        try {
          changed.await();
        } finally {
          alarm.cancel();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void took(SessionId session, long taken) throws HeadException {
    Sharing sharing = look();
    member(sharing, session);
    if (taken > sharing.state().sequence()) {
      throw new HeadException(
          Reason.REFUSED,
          "nobody can have taken " + taken + ": the last commit is " + sharing.state().sequence());
    }
    tracker.took(session, taken);
  }

  private Moment moment(SessionId session) throws HeadException {
    Sharing sharing = look();
    return new Moment(sharing, member(sharing, session), released, engine.nowMillis());
  }

  private static Member member(Sharing sharing, SessionId session) throws HeadException {
    return sharing
        .member(session)
        .orElseThrow(() -> new HeadException(Reason.FENCED, "session " + session + " is dead"));
  }

  /** The state as it is now; those who wait for what that releases are woken. */
  private Sharing look() throws HeadException {
    if (ended != null) {
      throw new HeadException(Reason.UNAVAILABLE, ended);
    }
    Sharing sharing = engine.peek(machine -> machine.sharing(volume));
    long now = tracker.released(sharing, engine.nowMillis());
    if (now > released) {
      released = now;
      changed.signalAll();
    }
    return sharing;
  }

  /** How long nothing can change unless a command is applied: until a lease lapses. */
  private Duration patience(Sharing sharing, long deadlineNanos) {
    long nowMillis = engine.nowMillis();
    long lapse = Long.MAX_VALUE;
    for (Member member : sharing.members()) {
      if (!member.exclusive() && !member.lapsed(nowMillis)) {
        lapse = Math.min(lapse, member.expiresMillis() + 1 - nowMillis);
      }
    }
    return Duration.ofNanos(
        Math.min(deadlineNanos - System.nanoTime(), TimeUnit.MILLISECONDS.toNanos(lapse)));
  }
}
