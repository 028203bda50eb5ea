package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.PendingBlock;
import io.cairnfs.client.namespace.Namespace.Writer;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.client.wait.ImpatientThread;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.Usage;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A session beside others: the view has what is committed, in the order of the history, by
 * whomever. An operation runs on the view, is committed with what it read and wrote, and is
 * answered when everybody has taken it. If others were faster, it runs again on what they made of
 * the state, as if it had come second. Thread-safe.
 */
final class Shared implements Mode {

  /** Pauses before an operation that lost again and again runs again, which doubles. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(1);

  private static final int MOST_DOUBLINGS = 6;

  /** Losing this often at once is no sign of others who are always faster. */
  private static final int FREE_TRIES = 2;

  private final SessionParts parts;
  private final Progress progress;
  private final GroupCommits commits;
  private final SharedView view;
  private final BackgroundFold folding;

  /**
   * @param taken the sequence that the view is at
   */
  Shared(SessionParts parts, long taken) {
    this.parts = parts;
    progress = new Progress(parts.life(), taken);
    commits = new GroupCommits(parts.head(), parts.options().timeout(), parts.life());
    view = new SharedView(parts, progress);
    folding = new BackgroundFold(parts.life(), this::fold, view::unfoldedBytes);
  }

  void start() {
    parts.lease().took(progress.taken());
    commits.start();
  }

  /** Follows the history, on one thread. */
  SharedView view() {
    return view;
  }

  Progress progress() {
    return progress;
  }

  GroupCommits commits() {
    return commits;
  }

  /** A function's result, or what it threw, and the transaction that it made; null for none. */
  private record Attempted<T extends @Nullable Object>(
      T result, @Nullable Exception failure, @Nullable Entry entry, long version) {}

  @Override
  public <T extends @Nullable Object, X extends Exception> T update(Writer<T, X> writer)
      throws X, NamespaceException, InterruptedException {
    ImpatientThread.aboutToWait();
    for (int conflicts = 0; ; ) {
      parts.lease().await();
      Attempted<T> attempted;
      try {
        attempted = parts.memory().writing(map -> attempt(writer, map));
      } catch (InodeNumbers.NoneLeftException e) {
        parts.inodes().await();
        continue;
      } catch (Allowance.ExceededException e) {
        throw Failures.overQuota();
      }
      Entry entry = attempted.entry();
      if (entry == null) {
        if (parts.lease().leftNanos() > 0) {
          awaitReleased(attempted.version());
          return Shared.<T, X>resultOf(attempted);
        }
        parts.life().throwIfOver();
      } else if (commit(entry)) {
        return attempted.result();
      } else {
        parts.conflicts().increment();
        pause(++conflicts);
      }
    }
  }

  @SuppressWarnings("unchecked") // a writer throws X, or what needs no declaration
  private static <T extends @Nullable Object, X extends Exception> T resultOf(
      Attempted<T> attempted) throws X {
    if (attempted.failure() != null) {
      throw (X) attempted.failure();
    }
    return attempted.result();
  }

  @SuppressWarnings("NullAway") // without a result there is a failure
  private <T extends @Nullable Object, X extends Exception> Attempted<T> attempt(
      Writer<T, X> writer, LayeredMap map) {
    parts.gate().require(this);
    Tokens tokens = new Tokens();
    int[] usedInodes = {0};
    BufferedTransaction transaction =
        new BufferedTransaction(map, () -> parts.inodes().peek(usedInodes[0]++), tokens);
    long version = progress.taken();
    T result;
    try {
      result = writer.write(transaction);
    } catch (RuntimeException e) {
      throw e; // a block that is missing, or a fault
    } catch (Exception e) {
      return new Attempted<>(null, e, null, version);
    }
    parts.inodes().use(usedInodes[0]);
    if (transaction.mutations().isEmpty()) {
      return new Attempted<>(result, null, null, version);
    }
    Entry entry = Entry.of(0, transaction, tokens, version);
    if (!transaction.isAccepted()) {
      parts.allowance().require(entry.usage());
    }
    commits.admit();
    return new Attempted<>(result, null, entry, version);
  }

  /**
   * Commits what was attempted, and waits until it is released.
   *
   * @return false if it has to run again, which it may now
   */
  private boolean commit(Entry entry) throws NamespaceException, InterruptedException {
    GroupCommits.Resolution resolution;
    try {
      awaitBlocks(entry);
      resolution = commits.commit(entry);
    } finally {
      commits.dismiss();
    }
    return switch (resolution.outcome()) {
      case CommitOutcome.Committed(long sequence) -> {
        Uninterrupted.<NamespaceException>await(() -> awaitReleased(sequence));
        yield true;
      }
      case CommitOutcome.OverQuota over -> throw Failures.overQuota();
      case CommitOutcome.Conflict conflict -> awaitTaken(resolution);
      case CommitOutcome.TooOld old -> awaitTaken(resolution);
      case CommitOutcome.NotAttempted not -> awaitTaken(resolution);
    };
  }

  private boolean awaitTaken(GroupCommits.Resolution resolution)
      throws NamespaceException, InterruptedException {
    progress.awaitTaken(resolution.sequence());
    return false;
  }

  private static void awaitBlocks(Entry entry) throws NamespaceException, InterruptedException {
    entry.blocks().forEach(PendingBlock::push);
    for (PendingBlock block : entry.blocks()) {
      try {
        block.durable().get(Deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        throw Failures.ofBlocks(e.getCause() == null ? e : e.getCause());
      } catch (TimeoutException e) {
        throw new NamespaceException(
            NamespaceException.Reason.UNAVAILABLE, "blocks were not stored in time", e);
      }
    }
  }

  /** Who loses again and again leaves a gap of random length, so that somebody wins. */
  private static void pause(int conflicts) throws InterruptedException {
    if (conflicts > FREE_TRIES) {
      long bound = FIRST_PAUSE.toNanos() << Math.min(conflicts - FREE_TRIES, MOST_DOUBLINGS);
      TimeUnit.NANOSECONDS.sleep(ThreadLocalRandom.current().nextLong(bound));
    }
  }

  @Override
  public long version() {
    return progress.taken();
  }

  @Override
  public void awaitReleased(long version) throws NamespaceException, InterruptedException {
    progress.awaitReleased(version);
  }

  /** What was answered is committed. */
  @Override
  public void sync(@Nullable Long inode) {
    // What is on its way is waited for by whoever began it.
  }

  @Override
  public void makeRoom() throws NamespaceException {
    throw Failures.overQuota();
  }

  /** Folds what everybody has taken, so that nobody has to begin anew for that. */
  @Override
  public void fold() throws NamespaceException, InterruptedException {
    ImpatientThread.aboutToWait();
    awaitReleased(progress.taken());
    try {
      VolumeFold fold = parts.head().volumeFold(parts.blocks(), parts.memory().loader());
      fold.released(progress::released);
    } catch (HeadException e) {
      throw parts.life().ofFold(e);
    }
  }

  /** The head told where it is. */
  void told(HeadState state) {
    Usage usage = state.usage();
    parts.allowance().told(usage);
    parts.overlay().told(usage);
    folding.startIfNeeded();
  }

  /** Ends this mode: nobody else is told anything any more. */
  void end() throws InterruptedException {
    folding.end();
    stop();
    parts.overlay().merge();
    progress.told(Lease.EVERYTHING);
  }

  @Override
  public int die(NamespaceException reason) {
    folding.stop();
    int lost = commits.stop(reason);
    progress.wake();
    return lost;
  }

  @Override
  public void stop() {
    folding.stop();
    commits.stop(
        new NamespaceException(NamespaceException.Reason.FENCED, "the session is closed", null));
    progress.wake();
  }
}
