package io.cairnfs.node.store;

import io.cairnfs.node.store.StoreException.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Group commit: callers hand in mutations and wait; one thread takes all that gathered while the
 * group before was made durable, and executes them as the next group. So concurrent callers share
 * one sync, and a lone one waits for nobody. Thread-safe; bounded in bytes and in number, beyond
 * which callers wait.
 */
final class WriteQueue implements AutoCloseable {

  private static final int MAX_PENDING = 4096;

  private final StoreWriter writer;
  private final StoreSettings settings;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Condition drained = lock.newCondition();
  private final Deque<PendingMutation> pending = new ArrayDeque<>();
  private long pendingBytes;
  private boolean closed;

  WriteQueue(StoreWriter writer, StoreSettings settings) {
    this.writer = writer;
    this.settings = settings;
    this.thread = Thread.ofPlatform().name("cairn-store-writer").start(this::run);
  }

  /** Executes a mutation; returns its result when it is durable. */
  int execute(Mutation mutation) throws StoreException, InterruptedException {
    PendingMutation waiting = new PendingMutation(mutation);
    lock.lockInterruptibly();
    try {
      while (!closed && !pending.isEmpty() && isFull(mutation)) {
        drained.await();
      }
      if (closed) {
        throw new StoreException(Reason.CLOSED, "the store is closed");
      }
      pending.add(waiting);
      pendingBytes += mutation.bodyBytes();
      filled.signal();
    } finally {
      lock.unlock();
    }
    try {
      return waiting.done().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StoreException failure) {
        throw failure.again();
      }
      throw new AssertionError("the writer fails only with its own exception", e);
    }
  }

  private boolean isFull(Mutation mutation) {
    return pending.size() >= MAX_PENDING
        || pendingBytes + mutation.bodyBytes() > settings.pendingBytes();
  }

  private void run() {
    for (List<PendingMutation> group = next(); !group.isEmpty(); group = next()) {
      writer.execute(group);
    }
    writer.close();
  }

  /** The next group; empty when the queue is closed and drained. */
  private List<PendingMutation> next() {
    lock.lock();
    try {
      while (pending.isEmpty() && !closed) {
        filled.awaitUninterruptibly();
      }
      List<PendingMutation> group = new ArrayList<>();
      long bytes = 0;
      while (!pending.isEmpty() && fits(group, bytes, pending.getFirst().mutation())) {
        PendingMutation taken = pending.removeFirst();
        bytes += taken.mutation().bodyBytes();
        group.add(taken);
      }
      pendingBytes -= bytes;
      drained.signalAll();
      return group;
    } finally {
      lock.unlock();
    }
  }

  private boolean fits(List<PendingMutation> group, long bytes, Mutation next) {
    if (group.isEmpty()) {
      return true;
    }
    // Unpinning reads the pins on disk.
    return !(next instanceof Mutation.Unpin) && bytes + next.bodyBytes() <= settings.groupBytes();
  }

  /** Executes what waits, then stops. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      filled.signal();
      drained.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        // What was handed in must reach the disk; the interrupt is for whoever comes next.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
