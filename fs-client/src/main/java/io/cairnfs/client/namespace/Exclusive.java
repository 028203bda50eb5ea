package io.cairnfs.client.namespace;

import io.cairnfs.client.namespace.Namespace.Writer;
import io.cairnfs.client.wait.ImpatientThread;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that has its volume for itself: transactions are applied to the view at memory speed,
 * and committed later in ordered batches. Thread-safe.
 */
final class Exclusive implements Mode, Committer.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(Exclusive.class);

  private final SessionParts parts;
  private final Committer committer;
  private final Folder folder;
  private final BackgroundFold folding;

  /**
   * @param sequence the last that is committed; the view has all of it
   * @param unfoldedBytes of deltas at the head
   */
  Exclusive(SessionParts parts, long sequence, long unfoldedBytes) {
    this.parts = parts;
    committer = new Committer(parts.head(), parts.options(), sequence, unfoldedBytes, this);
    folder =
        new Folder(
            parts.overlay(), committer, parts.head(), parts.blocks(), parts.memory().loader());
    folding = new BackgroundFold(parts.life(), folder::fold, committer::unfoldedBytes);
  }

  /** Commits and folds from now on. */
  void start() {
    committer.start();
    folding.startIfNeeded();
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T update(Writer<T, X> writer)
      throws X, NamespaceException, InterruptedException {
    while (true) {
      parts.lease().await();
      committer.awaitRoom();
      try {
        return parts.memory().writing(map -> apply(writer, map));
      } catch (InodeNumbers.NoneLeftException e) {
        ImpatientThread.aboutToWait();
        parts.inodes().await();
      } catch (Allowance.ExceededException e) {
        makeRoom();
      }
    }
  }

  private <T extends @Nullable Object, X extends Exception> T apply(
      Writer<T, X> writer, LayeredMap map) throws X {
    parts.gate().require(this);
    int[] usedInodes = {0};
    BufferedTransaction transaction =
        new BufferedTransaction(map, () -> parts.inodes().peek(usedInodes[0]++), null);
    T result = writer.write(transaction);
    if (!transaction.mutations().isEmpty()) {
      Entry entry = Entry.of(committer.nextNumber(), transaction, null, committer.sequence());
      if (!transaction.isAccepted()) {
        parts.allowance().require(entry.usage());
      }
      parts.overlay().apply(transaction.changes());
      parts.allowance().applied(entry.usage());
      committer.add(entry);
    }
    parts.inodes().use(usedInodes[0]);
    return result;
  }

  /** Commits what gives back, if there is any. */
  @Override
  public void makeRoom() throws NamespaceException, InterruptedException {
    ImpatientThread.aboutToWait();
    if (!parts.allowance().mayShrink()) {
      throw Failures.overQuota();
    }
    committer.sync(null);
  }

  /** What an exclusive session knows, nobody else has to. */
  @Override
  public long version() {
    return 0;
  }

  @Override
  public void awaitReleased(long version) {
    // Nobody else is told anything.
  }

  @Override
  public void sync(@Nullable Long inode) throws NamespaceException, InterruptedException {
    committer.sync(inode);
  }

  @Override
  public void fold() throws NamespaceException, InterruptedException {
    folder.fold();
  }

  /** Everything is durable: a fold only spares the next session the replay. */
  void foldAtEnd() throws InterruptedException {
    try {
      if (committer.unfoldedBytes() > 0) {
        folder.fold();
      }
    } catch (NamespaceException e) {
      LOG.warn("The volume was closed without a fold: {}", e.getMessage());
    }
  }

  /**
   * Ends this mode, when no more updates are let in: commits everything, and lets no fold touch the
   * view any more.
   *
   * @return the last committed sequence
   * @throws NamespaceException if that is not possible now; the mode goes on then
   */
  long drain() throws NamespaceException, InterruptedException {
    committer.sync(null);
    return committer.sequence();
  }

  /** Lets no fold touch the view any more; waits for the one under way. */
  void endFolds() throws NamespaceException, InterruptedException {
    folding.end();
    folder.end();
    parts.overlay().merge();
  }

  @Override
  public int die(NamespaceException reason) {
    int lost = committer.die(reason);
    folding.stop();
    return lost;
  }

  @Override
  public void stop() {
    committer.stop();
    folding.stop();
  }

  @Override
  public void committed(List<Entry> entries) {
    for (Entry entry : entries) {
      parts.overlay().settle(entry);
      parts.allowance().committed(entry.usage());
    }
  }

  @Override
  public void failed(NamespaceException reason) {
    parts.life().die(reason);
  }

  @Override
  public void unfolded(long bytes) {
    folding.startIfNeeded();
  }
}
