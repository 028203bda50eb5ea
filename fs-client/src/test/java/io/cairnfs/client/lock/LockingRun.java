package io.cairnfs.client.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.client.testing.MemoryHead;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockKind;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeLock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Random requests for locks by sessions that come and go, against {@link LockBytes}. Each is over,
 * or waits, before the next one; answers of the head get lost.
 */
final class LockingRun {

  private static final int MOUNTS = 3;
  private static final int OWNERS = 2;
  private static final int FILES = 2;
  private static final long PATIENCE_SECONDS = 60;

  private record Waiting(VolumeLock wanted, FutureTask<LockAnswer> answer, Thread thread) {}

  private final String name;
  private final boolean handOver;
  private final Random random;
  private final MemoryHead head = new MemoryHead(HeadLimits.LEASE, () -> 0);
  private final VolumeId volume = head.found(1);
  private final List<LockingMount> mounts = new CopyOnWriteArrayList<>();
  private final LockBytes model = new LockBytes();
  private final List<Waiting> waiting = new ArrayList<>();
  private boolean exclusive = true;
  private int requests;
  private int granted;
  private int conflicts;

  /**
   * @param handOver whether locks are handed over when a session shares, as they must be
   */
  LockingRun(long seed, boolean handOver) throws Exception {
    this.name = "seed " + seed;
    this.handOver = handOver;
    this.random = new Random(seed);
    mounts.add(new LockingMount(head, volume, true));
    Random losses = new Random(seed);
    head.setFault(
        new MemoryHead.Fault() {
          @Override
          public void before(String method) throws HeadException {
            lose(method, "not asked");
          }

          @Override
          public void after(String method) throws HeadException {
            if (method.equals("lock") && chance(2)) {
              hearNewsFirst();
            }
            lose(method, "not answered");
          }

          private void lose(String method, String what) throws HeadException {
            if (method.endsWith("ock") && chance(8)) {
              throw new HeadException(HeadException.Reason.UNAVAILABLE, what);
            }
          }

          private synchronized boolean chance(int of) {
            return losses.nextInt(of) == 0;
          }
        });
  }

  /** What an answer tells was decided before what the news tell, and may be heard after them. */
  private void hearNewsFirst() {
    try {
      hearNews();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  void run(int steps) throws Exception {
    for (int i = 0; i < steps; i++) {
      step();
      for (Waiting wait : waiting) {
        assertFalse(wait.answer().isDone(), () -> name + ": is over: " + outcome(wait));
      }
    }
    // A run in which nothing happened would prove nothing.
    assertTrue(granted > 0 && conflicts > 10, () -> granted + " grants, " + conflicts);
  }

  private static String outcome(Waiting wait) {
    Object outcome =
        wait.answer().state() == Future.State.SUCCESS
            ? wait.answer().resultNow()
            : wait.answer().exceptionNow();
    return outcome + " of " + wait;
  }

  private void step() throws Exception {
    switch (random.nextInt(40)) {
      case 0, 1, 2 -> join();
      case 3 -> leave();
      case 4, 5 -> claim();
      case 6 -> interrupt();
      default -> request(mounts.get(random.nextInt(mounts.size())));
    }
  }

  private void join() throws Exception {
    if (mounts.size() == MOUNTS) {
      return;
    }
    if (exclusive) {
      mounts.getFirst().share(handOver);
      exclusive = false;
      askAgain();
    }
    mounts.add(new LockingMount(head, volume, false));
  }

  /** Those who wait ask the head, which may see circles that have closed since they first asked. */
  private void askAgain() throws Exception {
    waiting.forEach(wait -> model.withdraw(wait.wanted()));
    for (Waiting wait : List.copyOf(waiting)) {
      if (model.wouldDeadlock(wait.wanted())) {
        waiting.remove(wait);
        assertEquals(
            new LockAnswer.Deadlock(), wait.answer().get(PATIENCE_SECONDS, TimeUnit.SECONDS), name);
      } else {
        model.await(wait.wanted());
      }
    }
  }

  private void leave() throws Exception {
    if (mounts.size() == 1) {
      return;
    }
    LockingMount gone = mounts.remove(random.nextInt(mounts.size()));
    gone.close();
    for (Waiting wait : List.copyOf(waiting)) {
      if (wait.wanted().session().equals(gone.id)) {
        waiting.remove(wait);
        assertInstanceOf(ExecutionException.class, failure(wait));
      }
    }
    expectGranted(model.end(gone.id));
  }

  private static Throwable failure(Waiting wait) throws Exception {
    try {
      throw new AssertionError("got " + wait.answer().get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      return e;
    }
  }

  private void claim() throws Exception {
    if (!exclusive && mounts.size() == 1) {
      exclusive = mounts.getFirst().claim();
      assertTrue(exclusive, name);
    }
  }

  private void interrupt() throws Exception {
    if (waiting.isEmpty()) {
      return;
    }
    Waiting wait = waiting.remove(random.nextInt(waiting.size()));
    wait.thread().interrupt();
    assertInstanceOf(InterruptedException.class, failure(wait).getCause());
    model.withdraw(wait.wanted());
  }

  private void request(LockingMount mount) throws Exception {
    LockKind kind = random.nextInt(4) == 0 ? LockKind.FLOCK : LockKind.POSIX;
    boolean whole = kind == LockKind.FLOCK;
    long start = random.nextInt(LockBytes.BYTES);
    long end = start + random.nextInt(LockBytes.BYTES - (int) start);
    VolumeLock wanted =
        new VolumeLock(
            mount.id,
            random.nextInt(FILES),
            random.nextInt(OWNERS),
            kind,
            whole ? 0 : start,
            whole ? Long.MAX_VALUE : end,
            random.nextBoolean(),
            ++requests);
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        mount.locks.unlock(wanted);
        expectGranted(model.unlock(wanted));
      }
      case 2 -> {
        mount.locks.release(wanted);
        mount.locks.awaitReleases(wanted.inode());
        expectGranted(model.unlock(wanted));
      }
      case 3 -> expect(wanted, mount.locks.tryLock(wanted), new LockAnswer.Waiting());
      default -> lock(mount, wanted);
    }
  }

  private void lock(LockingMount mount, VolumeLock wanted) throws Exception {
    FutureTask<LockAnswer> answer = new FutureTask<>(() -> mount.locks.lock(wanted));
    int before = mount.locks.waiting();
    Thread thread = Thread.ofVirtual().start(answer);
    while (!answer.isDone() && mount.locks.waiting() == before) {
      Thread.sleep(1);
    }
    LockAnswer now = answer.isDone() ? answer.get() : new LockAnswer.Waiting();
    assertFalse(now instanceof LockAnswer.Conflict, name);
    if (model.wouldDeadlock(wanted)) {
      assertEquals(new LockAnswer.Deadlock(), now, name);
      return;
    }
    if (!model.isFree(wanted)) {
      waiting.add(new Waiting(wanted, answer, thread));
    }
    expect(wanted, now, now);
  }

  /** Checks the answer to a request, and does it in the model. */
  private void expect(VolumeLock wanted, LockAnswer answer, LockAnswer ifWaits) throws Exception {
    if (model.isFree(wanted)) {
      assertInstanceOf(LockAnswer.Granted.class, answer, () -> name + ": " + wanted);
      expectGranted(model.lock(wanted));
      return;
    }
    conflicts++;
    boolean waits = answer.equals(ifWaits);
    assertTrue(waits || answer instanceof LockAnswer.Conflict, () -> name + ": " + answer);
    List<VolumeLock> free =
        wanted.kind() == LockKind.FLOCK ? model.unlock(wanted) : List.of(); // Linux does
    if (waits) {
      model.await(wanted);
    }
    expectGranted(free);
  }

  /** Those that wait and have theirs now, and nobody else. */
  private void expectGranted(List<VolumeLock> locks) throws Exception {
    hearNews();
    for (VolumeLock lock : locks) {
      granted++;
      Waiting wait =
          waiting.stream().filter(each -> each.wanted().equals(lock)).findFirst().orElseThrow();
      waiting.remove(wait);
      try {
        LockAnswer answer = wait.answer().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertInstanceOf(LockAnswer.Granted.class, answer, name);
      } catch (TimeoutException e) {
        throw new AssertionError(name + ": is not granted: " + lock, e);
      }
    }
  }

  private void hearNews() throws Exception {
    if (!exclusive) {
      for (LockingMount mount : mounts) {
        mount.hearNews();
      }
    }
  }
}
