package io.cairnfs.client.namespace;

import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.CommitResult;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.wait.CoarseTimer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Commits of a shared session: one batch under way at a time, and all that comes meanwhile in the
 * next. Each transaction is resolved by itself. A batch without an answer is repeated with its
 * numbers, so that nothing happens twice; if it has none within the time for it, the session is
 * dead, because nobody knows what became of it. Thread-safe.
 */
final class GroupCommits {

  /**
   * What became of a transaction.
   *
   * @param outcome as the head resolved it
   * @param sequence the volume's then: where the transaction may be run again
   */
  record Resolution(CommitOutcome outcome, long sequence) {}

  private record Waiting(Entry entry, CompletableFuture<Resolution> resolution) {}

  private final HeadSession head;
  private final Duration timeout;
  private final Life life;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition idle = lock.newCondition();
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private List<Waiting> sent = List.of();
  private int admitted;
  private boolean stopped;

  /**
   * @param timeout how long a batch is tried
   */
  GroupCommits(HeadSession head, Duration timeout, Life life) {
    this.head = head;
    this.timeout = timeout;
    this.life = life;
  }

  void start() {
    Thread.ofVirtual().name("group-commit").start(this::run);
  }

  /** One more transaction is about to come, by {@link #commit}, or to be {@link #dismiss}ed. */
  void admit() {
    lock.lock();
    try {
      admitted++;
    } finally {
      lock.unlock();
    }
  }

  /** A transaction that was admitted is resolved, or does not come. */
  void dismiss() {
    lock.lock();
    try {
      admitted--;
      idle.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until no transaction that was admitted is left.
   *
   * @return false if that was not so in time
   */
  boolean awaitIdle(Duration patience) throws InterruptedException {
    long remaining = patience.toNanos();
    lock.lock();
    try {
      while (admitted > 0) {
        if (remaining <= 0) {
          return false;
        }
        remaining = idle.awaitNanos(remaining);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Commits a transaction, whose blocks have their write-acks; waits.
   *
   * @throws NamespaceException {@code UNAVAILABLE} at the current deadline: if it was sent, it may
   *     be committed nevertheless
   */
  Resolution commit(Entry entry) throws NamespaceException, InterruptedException {
    Waiting waiting = new Waiting(entry, new CompletableFuture<>());
    lock.lock();
    try {
      life.throwIfOver();
      queue.add(waiting);
      work.signal();
    } finally {
      lock.unlock();
    }
    try {
      Uninterrupted.<NamespaceException>await(() -> await(waiting));
      return waiting.resolution().resultNow();
    } finally {
      forget(waiting);
    }
  }

  private static void await(Waiting waiting) throws NamespaceException, InterruptedException {
    try {
      CoarseTimer.await(waiting.resolution(), Deadline.remaining());
    } catch (TimeoutException e) {
      throw new NamespaceException(
          NamespaceException.Reason.UNAVAILABLE, "the head did not answer in time", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof NamespaceException cause
          ? cause
          : new NamespaceException(
              NamespaceException.Reason.FENCED, String.valueOf(e.getMessage()), e);
    }
  }

  /** What nobody waits for any more is not sent. */
  private void forget(Waiting waiting) {
    if (!waiting.resolution().isDone()) {
      lock.lock();
      try {
        queue.remove(waiting);
      } finally {
        lock.unlock();
      }
    }
  }

  private void run() {
    try {
      CommitBatch batch = next();
      while (batch != null) {
        send(batch);
        batch = next();
      }
    } catch (HeadException e) {
      life.die(fatal(e));
    } catch (NamespaceException e) {
      life.die(e);
    } catch (InterruptedException | RuntimeException e) {
      life.die(
          new NamespaceException(NamespaceException.Reason.FENCED, "committing failed: " + e, e));
    }
  }

  private static NamespaceException fatal(HeadException e) {
    NamespaceException reason = Failures.ofHead(e);
    return new NamespaceException(
        NamespaceException.Reason.FENCED, String.valueOf(reason.getMessage()), e);
  }

  /** Waits for the next batch; null once stopped. */
  private @Nullable CommitBatch next() throws InterruptedException {
    lock.lock();
    try {
      while (queue.isEmpty() && !stopped) {
        work.await();
      }
      if (stopped) {
        return null;
      }
      CommitBatch batch = CommitBatch.encode(queue.stream().map(Waiting::entry).toList());
      sent = new ArrayList<>();
      for (int i = 0; i < batch.entries().size(); i++) {
        sent.add(queue.remove());
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private void send(CommitBatch batch)
      throws HeadException, NamespaceException, InterruptedException {
    CommitResult result = head.commit(batch, timeout);
    List<Waiting> answered;
    lock.lock();
    try {
      answered = sent;
      sent = List.of();
    } finally {
      lock.unlock();
    }
    for (int i = 0; i < answered.size(); i++) {
      answered
          .get(i)
          .resolution()
          .complete(new Resolution(result.outcomes().get(i), result.sequence()));
    }
  }

  /** Ends the thread, and fails who waits. Returns how many were on their way. */
  int stop(NamespaceException reason) {
    List<Waiting> failed;
    lock.lock();
    try {
      stopped = true;
      failed = new ArrayList<>(sent);
      failed.addAll(queue);
      sent = List.of();
      queue.clear();
      work.signal();
    } finally {
      lock.unlock();
    }
    failed.forEach(waiting -> waiting.resolution().completeExceptionally(reason));
    return failed.size();
  }
}
