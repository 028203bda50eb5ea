package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.PendingBlock;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.client.wait.ImpatientThread;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadLimits;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sends what was applied to the head: one thread, one batch under way at a time, everything that
 * came meanwhile in the next. A batch goes when someone waits for it, when the oldest entry has
 * waited for the commit interval, and when much has come together; and only what has its blocks'
 * write-acks, see {@link CommitQueue}. Thread-safe.
 */
final class Committer {

  /** What the committer tells its session, on its own thread and without its lock. */
  interface Listener {

    /** These are durable at the head. */
    void committed(List<Entry> entries);

    /** What is queued can never be committed. */
    void failed(NamespaceException reason);

    /** So many bytes of deltas wait to be folded, more than they should. */
    void unfolded(long bytes);
  }

  /** Applied transactions that are not committed, at most; a few batches. */
  static final int MAX_UNCOMMITTED = 4 * HeadLimits.MAX_BATCH_COMMITS;

  /** Upper bounds of their lengths together. What is really sent is about a third of it. */
  static final long MAX_UNCOMMITTED_BYTES = 32L << 20;

  /** Half of a bound has come together: waiting longer would only make a burst. */
  private static final int SEND_AT = MAX_UNCOMMITTED / 4;

  private static final long SEND_AT_BYTES = MAX_UNCOMMITTED_BYTES / 4;

  /**
   * Unfolded deltas at which only what a fold waits for is sent, so that the head's own limit is
   * never met.
   */
  private static final long PAUSE_UNFOLDED_BYTES =
      HeadLimits.HARD_UNFOLDED_BYTES - 2 * MAX_UNCOMMITTED_BYTES;

  private static final long NO_BARRIER = Long.MAX_VALUE;

  /** Someone waits until an inode's transactions, or all, up to a number are durable. */
  private record Goal(long through, @Nullable Long inode) {}

  private final HeadSession head;
  private final CommitOptions options;
  private final Listener listener;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition progress = lock.newCondition();
  private final CommitQueue queue = new CommitQueue();
  private final Set<Goal> goals = new LinkedHashSet<>();
  private final Thread thread;
  private long lastNumber;
  private long flushThrough;
  private long barrier = NO_BARRIER;
  private volatile long sequence;
  private long unfoldedBytes;
  private boolean stopped;
  private @Nullable NamespaceException death;

  /**
   * @param sequence the last that is committed
   * @param unfoldedBytes of deltas at the head
   */
  Committer(
      HeadSession head,
      CommitOptions options,
      long sequence,
      long unfoldedBytes,
      Listener listener) {
    this.head = head;
    this.options = options;
    this.sequence = sequence;
    this.unfoldedBytes = unfoldedBytes;
    this.listener = listener;
    this.thread = Thread.ofVirtual().name("commit").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** The last committed sequence. */
  long sequence() {
    return sequence;
  }

  long nextNumber() {
    lock.lock();
    try {
      return lastNumber + 1;
    } finally {
      lock.unlock();
    }
  }

  long unfoldedBytes() {
    lock.lock();
    try {
      return unfoldedBytes;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Queues the transaction that was applied just now; its number is {@link #nextNumber}. Never
   * waits.
   */
  void add(Entry entry) {
    lock.lock();
    try {
      queue.add(entry);
      lastNumber = entry.number();
      if (queue.size() == 1 || queue.size() % SEND_AT == 0 || queue.maxBytes() >= SEND_AT_BYTES) {
        work.signal(); // sends, or starts to count the interval
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isLarge() {
    return queue.size() >= SEND_AT || queue.maxBytes() >= SEND_AT_BYTES;
  }

  private boolean isFull() {
    return queue.size() >= MAX_UNCOMMITTED || queue.maxBytes() >= MAX_UNCOMMITTED_BYTES;
  }

  /** Waits while too much is uncommitted. */
  void awaitRoom() throws NamespaceException, InterruptedException {
    lock.lock();
    try {
      if (!isFull()) {
        return;
      }
    } finally {
      lock.unlock();
    }
    ImpatientThread.aboutToWait();
    long remaining = Deadline.remaining().toNanos();
    lock.lock();
    try {
      while (isFull() && death == null) {
        remaining = await(remaining);
      }
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // its callers loop
  private long await(long remaining) throws NamespaceException, InterruptedException {
    if (remaining <= 0) {
      throw new NamespaceException(
          NamespaceException.Reason.UNAVAILABLE, "what waits could not be committed in time", null);
    }
    return progress.awaitNanos(remaining);
  }

  /**
   * Waits until everything so far is durable.
   *
   * @param inode if not null, content of other inodes is not waited for
   */
  void sync(@Nullable Long inode) throws NamespaceException, InterruptedException {
    Goal goal;
    lock.lock();
    try {
      goal = new Goal(lastNumber, inode);
      throwIfDead();
      if (queue.isCommitted(goal.through(), inode)) {
        return;
      }
    } finally {
      lock.unlock();
    }
    ImpatientThread.aboutToWait();
    await(goal);
  }

  private void await(Goal goal) throws NamespaceException, InterruptedException {
    long remaining = Deadline.remaining().toNanos();
    lock.lock();
    try {
      goals.add(goal);
      work.signal();
      while (!queue.isCommitted(goal.through(), goal.inode())) {
        throwIfDead();
        remaining = await(remaining);
      }
      throwIfDead();
    } finally {
      goals.remove(goal);
      lock.unlock();
    }
  }

  private void throwIfDead() throws NamespaceException {
    if (death != null) {
      throw new NamespaceException(death.reason(), String.valueOf(death.getMessage()), death);
    }
  }

  /** Where a fold may end. */
  record Drained(long sequence, long unfoldedBytes) {

    /** The same place, after some of what lies before it was folded. */
    Drained without(long foldedBytes) {
      return new Drained(sequence, unfoldedBytes - foldedBytes);
    }
  }

  /**
   * Commits everything up to a number and nothing after it, then tells where that ended. If it
   * fails, what comes after is held back until a repeated call succeeds.
   */
  Drained drain(long through) throws NamespaceException, InterruptedException {
    lock.lock();
    try {
      barrier = through;
      await(new Goal(through, null));
      barrier = NO_BARRIER;
      work.signal();
      return new Drained(sequence, unfoldedBytes);
    } finally {
      lock.unlock();
    }
  }

  /** Deltas of so many bytes are folded; those of what is committed since are not. */
  void folded(long bytes) {
    lock.lock();
    try {
      unfoldedBytes -= bytes;
      work.signal();
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the thread; what is queued is not sent. */
  void stop() {
    lock.lock();
    try {
      stopped = true;
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The session is dead: forgets what is queued and fails who waits.
   *
   * @return how many transactions are lost
   */
  int die(NamespaceException reason) {
    lock.lock();
    try {
      int lost = queue.size();
      if (death == null) {
        death = reason;
      }
      stopped = true;
      queue.clear();
      work.signal();
      progress.signalAll();
      return lost;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      List<Entry> entries = next();
      while (entries != null) {
        send(CommitBatch.encode(entries));
        entries = next();
      }
    } catch (NamespaceException e) {
      listener.failed(e);
    } catch (InterruptedException | RuntimeException e) {
      listener.failed(
          new NamespaceException(NamespaceException.Reason.FENCED, "committing failed: " + e, e));
    }
  }

  /** Waits for the next entries to send; null once stopped. */
  private @Nullable List<Entry> next() throws NamespaceException, InterruptedException {
    while (true) {
      Set<PendingBlock> push;
      lock.lock();
      try {
        if (stopped) {
          return null;
        }
        push = takeBlocks();
        List<Entry> entries = push.isEmpty() ? ready() : List.of();
        if (!entries.isEmpty()) {
          return entries;
        }
        if (push.isEmpty()) {
          awaitWork();
        }
      } finally {
        lock.unlock();
      }
      push(push); // without the lock: others' code
    }
  }

  /** The blocks that have to be on their way for what is to be sent now. */
  private Set<PendingBlock> takeBlocks() {
    Entry oldest = queue.oldestAfter(flushThrough);
    if (oldest != null
        && (isLarge()
            || System.nanoTime() - oldest.queuedNanos() >= options.interval().toNanos())) {
      flushThrough = lastNumber;
    }
    Set<PendingBlock> blocks = new LinkedHashSet<>(queue.takeBlocks(flushThrough, null));
    for (Goal goal : goals) {
      blocks.addAll(queue.takeBlocks(goal.through(), goal.inode()));
    }
    return blocks;
  }

  private List<Entry> ready() throws NamespaceException {
    Entry oldest = queue.oldestAfter(0);
    if (oldest == null || (goals.isEmpty() && flushThrough < oldest.number())) {
      return List.of();
    }
    Throwable failure = queue.failure();
    if (failure != null) {
      throw Failures.ofBlocks(failure);
    }
    if (barrier == NO_BARRIER && unfoldedBytes >= PAUSE_UNFOLDED_BYTES) {
      return List.of();
    }
    return queue.next(barrier, HeadLimits.MAX_BATCH_COMMITS, options.awaitBlocks());
  }

  @SuppressWarnings("WaitNotInLoop") // its caller loops
  private void awaitWork() throws InterruptedException {
    Entry oldest = queue.oldestAfter(flushThrough);
    if (oldest == null) {
      work.await();
    } else {
      long waited = System.nanoTime() - oldest.queuedNanos();
      work.awaitNanos(Math.max(1, options.interval().toNanos() - waited));
    }
  }

  private void push(Set<PendingBlock> blocks) {
    for (PendingBlock block : blocks) {
      block.push();
      CompletableFuture<Cid> unused = block.durable().whenComplete((cid, failure) -> signalWork());
    }
  }

  private void signalWork() {
    lock.lock();
    try {
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  private void send(CommitBatch batch) throws NamespaceException, InterruptedException {
    List<CommitOutcome> outcomes;
    try {
      outcomes = head.commit(batch, options.timeout()).outcomes();
    } catch (HeadException e) {
      throw Failures.ofHead(e);
    }
    long last = lastSequence(outcomes);
    listener.committed(batch.entries());
    long unfolded;
    lock.lock();
    try {
      sequence = last;
      unfoldedBytes += batch.bodyBytes();
      unfolded = unfoldedBytes;
      queue.remove(batch.entries());
      progress.signalAll();
    } finally {
      lock.unlock();
    }
    if (unfolded >= HeadLimits.SOFT_UNFOLDED_BYTES) {
      listener.unfolded(unfolded);
    }
  }

  private static long lastSequence(List<CommitOutcome> outcomes) throws NamespaceException {
    long last = 0;
    for (CommitOutcome outcome : outcomes) {
      switch (outcome) {
        case CommitOutcome.Committed committed -> last = committed.sequence();
        case CommitOutcome.OverQuota over -> throw Failures.overQuota();
        case CommitOutcome.Conflict conflict -> throw refused(outcome);
        case CommitOutcome.TooOld old -> throw refused(outcome);
        case CommitOutcome.NotAttempted not -> throw refused(outcome);
      }
    }
    return last;
  }

  private static NamespaceException refused(CommitOutcome outcome) {
    return new NamespaceException(
        NamespaceException.Reason.FENCED,
        "the head refused a transaction of an exclusive session: " + outcome,
        null);
  }
}
