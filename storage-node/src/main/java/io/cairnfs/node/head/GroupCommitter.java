package io.cairnfs.node.head;

import io.cairnfs.node.head.machine.HeadResult;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.wait.CoarseTimer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes what many threads propose on one platform thread: whatever arrives while a group is
 * being made durable forms the next one, so that they share a sync. Thread-safe.
 */
public final class GroupCommitter implements AutoCloseable {

  /**
   * What may wait or be under way, in bytes of memory: a few full batches. More has to wait
   * outside.
   */
  private static final int QUEUE_BYTES = 16 << 20;

  /** What a small proposal takes of the queue, with all that belongs to it. */
  private static final int PROPOSAL_BYTES = 1024;

  /** Bounds how long the first of a group waits for the others to be encoded. */
  private static final int GROUP_PROPOSALS = 512;

  private static final Logger LOG = LoggerFactory.getLogger(GroupCommitter.class);

  private record Pending(Proposal proposal, int cost, CompletableFuture<HeadResult> result) {}

  private final GroupLog log;
  private final LinkedBlockingQueue<Pending> queue = new LinkedBlockingQueue<>();
  private final Semaphore room = new Semaphore(QUEUE_BYTES, true);
  private final Thread thread;
  private volatile @Nullable String stopped;

  public GroupCommitter(GroupLog log) {
    this.log = log;
    this.thread = Thread.ofPlatform().name("head-log").unstarted(this::run);
    thread.start();
  }

  /**
   * Executes a command.
   *
   * @throws HeadException {@code UNAVAILABLE} if there was no answer in time; it may be executed
   *     still. Or what the log throws
   */
  public HeadResult execute(Proposal proposal, Duration timeout)
      throws HeadException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    // A commit's header takes more memory than its message has bytes, but not many times more.
    int cost =
        Math.min(
            QUEUE_BYTES,
            PROPOSAL_BYTES
                + proposal.bodies().length
                + 2 * proposal.command().getCommit().getSerializedSize());
    if (!room.tryAcquire(cost, timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      throw unavailable("the queue of the heads' log is full", null);
    }
    Pending pending = new Pending(proposal, cost, new CompletableFuture<>());
    queue.add(pending);
    String reason = stopped;
    if (reason != null) {
      // Nobody takes from the queue any more.
      failWaiting(reason);
    }
    try {
      return CoarseTimer.await(
          pending.result(), Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    } catch (TimeoutException e) {
      throw unavailable("the heads' log did not answer in " + timeout.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HeadException refusal) {
        throw new HeadException(refusal.reason(), String.valueOf(refusal.getMessage()), refusal);
      }
      throw unavailable(String.valueOf(e.getMessage()), e);
    }
  }

  private static HeadException unavailable(String message, @Nullable Throwable cause) {
    return new HeadException(Reason.UNAVAILABLE, message, cause);
  }

  private void run() {
    List<Pending> group = new ArrayList<>();
    try {
      while (stopped == null) {
        group.add(queue.take());
        queue.drainTo(group, GROUP_PROPOSALS - 1);
        execute(group);
        group.clear();
        log.tidy();
      }
    } catch (InterruptedException e) {
      stop("the node is shutting down");
    } catch (IOException | RuntimeException | Error e) {
      LOG.error("the heads' log failed; no volume can be changed until the node is restarted", e);
      stop("the heads' log failed: " + e.getMessage());
    }
    IOException failure = new IOException(String.valueOf(stopped));
    group.forEach(pending -> fail(pending, failure));
    failWaiting(String.valueOf(stopped));
  }

  private void execute(List<Pending> group) throws IOException, InterruptedException {
    List<HeadResult> results;
    try {
      results = log.execute(group.stream().map(Pending::proposal).toList());
    } catch (HeadException e) {
      group.forEach(pending -> fail(pending, e));
      return;
    }
    for (int i = 0; i < results.size(); i++) {
      Pending pending = group.get(i);
      room.release(pending.cost());
      pending.result().complete(results.get(i));
    }
  }

  private void stop(String reason) {
    if (stopped == null) {
      stopped = reason;
    }
  }

  private void failWaiting(String reason) {
    for (Pending pending = queue.poll(); pending != null; pending = queue.poll()) {
      fail(pending, new IOException(reason));
    }
  }

  private void fail(Pending pending, IOException failure) {
    room.release(pending.cost());
    pending.result().completeExceptionally(failure);
  }

  /** Finishes the group that is being written, fails what waits, and ends the thread. */
  @Override
  public void close() {
    stop("the node is shutting down");
    // An interrupt reaches a thread that waits, for work or for other voters, but never a write to
    // this node's disk, which is native.
    thread.interrupt();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
