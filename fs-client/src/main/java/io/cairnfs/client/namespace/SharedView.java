package io.cairnfs.client.namespace;

import io.cairnfs.protocol.head.ChainHash;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.News;
import io.cairnfs.protocol.ipld.CborException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets the view of a shared session follow the history, delta by delta, and forget what has got
 * into the tree. A layer that is frozen when a tree comes is dropped with the next one that
 * includes all of it, so that the layers stay as small as what happens between two folds. For one
 * thread.
 */
final class SharedView {

  private final SessionParts parts;
  private final Progress progress;
  private @Nullable ChainHash chain; // at what was taken; unknown until the first delta
  private long frozenEnd; // what the frozen layer includes
  private volatile long unfoldedBytes;

  SharedView(SessionParts parts, Progress progress) {
    this.parts = parts;
    this.progress = progress;
  }

  /** Deltas at the head, in bytes. */
  long unfoldedBytes() {
    return unfoldedBytes;
  }

  /**
   * Takes what the head tells.
   *
   * @param each hears of each delta
   * @throws NamespaceException {@code DAMAGED} if it does not continue the history
   */
  void take(News news, Taker each) throws NamespaceException, InterruptedException {
    HeadState state = news.state();
    unfoldedBytes = state.unfoldedBytes();
    if (state.rootSequence() > progress.taken()) {
      restart(state);
      each.took(null, TakenChanges.EVERYTHING);
    }
    for (Delta delta : news.deltas()) {
      if (delta.sequence() > progress.taken()) {
        each.took(delta, take(delta));
      }
    }
    followRoot(state);
  }

  /** Hears of each delta, when the view has it; of null if the view began anew. */
  @FunctionalInterface
  interface Taker {
    void took(@Nullable Delta delta, TakenChanges changes)
        throws NamespaceException, InterruptedException;
  }

  private TakenChanges take(Delta delta) throws NamespaceException, InterruptedException {
    ChainHash before = chain;
    boolean continues =
        before == null
            || before.next(delta.sequence(), delta.session(), delta.body()).equals(delta.chain());
    if (delta.sequence() != progress.taken() + 1 || !continues) {
      throw damaged("delta " + delta.sequence() + " does not continue the history", null);
    }
    List<Mutation> mutations;
    try {
      mutations = MutationCodec.decode(delta.body());
    } catch (CborException e) {
      throw damaged("delta " + delta.sequence() + ": " + e.getMessage(), e);
    }
    parts.memory().replay(mutations, () -> progress.took(delta.sequence()));
    chain = delta.chain();
    return TakenChanges.of(mutations);
  }

  private static NamespaceException damaged(String message, @Nullable Throwable cause) {
    return new NamespaceException(NamespaceException.Reason.DAMAGED, message, cause);
  }

  /** Those of some inodes that have no name. */
  List<Long> orphansOf(Set<Long> inodes) throws NamespaceException, InterruptedException {
    List<Long> orphans = new ArrayList<>(0);
    for (long number : inodes) {
      Inode inode =
          parts
              .memory()
              .<@Nullable Inode, NamespaceException>reading(map -> new MapView(map).inode(number));
      if (inode != null && inode.links() == 0 && inode.type() != FileType.DIRECTORY) {
        orphans.add(number);
      }
    }
    return orphans;
  }

  /** Others went on without this session, and the deltas are gone: the tree has them. */
  private void restart(HeadState state) {
    parts.overlay().lock().writeLock().lock();
    try {
      parts.overlay().restart(new Tree(state.root(), parts.memory().loader().cache()));
      progress.took(state.rootSequence());
    } finally {
      parts.overlay().lock().writeLock().unlock();
    }
    chain = state.rootChain();
  }

  /** Puts the head's tree below the layers, which have whatever came after it. */
  private void followRoot(HeadState state) {
    Overlay overlay = parts.overlay();
    if (Objects.equals(state.root(), overlay.base().root())
        || state.rootSequence() > progress.taken()) {
      return;
    }
    Tree tree = new Tree(state.root(), parts.memory().loader().cache());
    overlay.lock().writeLock().lock();
    try {
      if (overlay.isFrozen() && frozenEnd <= state.rootSequence()) {
        overlay.thaw(tree);
      } else {
        overlay.rebase(tree);
      }
      if (!overlay.isFrozen()) {
        overlay.freeze();
        frozenEnd = progress.taken();
      }
    } finally {
      overlay.lock().writeLock().unlock();
    }
  }
}
