package io.cairnfs.client.namespace;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.FoldToken;
import io.cairnfs.protocol.head.HeadException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Folds what happened into a new tree: freezes the active layer, has it committed, builds and
 * uploads the tree, and makes it the volume's root. What comes meanwhile goes to a new layer. One
 * fold at a time; if one fails, the layer stays frozen, and the next begins with it. Blocking;
 * thread-safe.
 *
 * <p>Where snapshots wait for their roots, folds that end exactly there come first. They leave the
 * layers as they are.
 */
final class Folder {

  /** How often a fold begins again because of what came between. */
  private static final int TRIES = 10;

  private final Overlay overlay;
  private final Committer committer;
  private final HeadSession head;
  private final BlockClient blocks;
  private final NodeLoader loader;
  private final ReentrantLock one = new ReentrantLock();
  private long through; // the last transaction in the frozen layer
  private long pinnedSequence; // the root includes this at least
  private boolean ended;
  private @Nullable Frozen frozen; // what a fold that failed has left

  /** A layer, all of it committed, and where in the history it ends. */
  private record Frozen(Layer layer, Committer.Drained end) {}

  Folder(
      Overlay overlay,
      Committer committer,
      HeadSession head,
      BlockClient blocks,
      NodeLoader loader) {
    this.overlay = overlay;
    this.committer = committer;
    this.head = head;
    this.blocks = blocks;
    this.loader = loader;
  }

  /**
   * Folds everything that was applied before; ends within the current deadline. Outside of one, a
   * fold of a large tree may take as long as it needs, since each of its waits is bounded.
   */
  void fold() throws NamespaceException, InterruptedException {
    enter();
    try {
      if (ended) {
        throw Mode.ChangedException.INSTANCE;
      }
      for (int tries = 1; !foldOnce(tries == TRIES); tries++) {
        // a snapshot was taken since the head was asked
      }
    } catch (HeadException e) {
      throw Failures.ofHead(e);
    } finally {
      one.unlock();
    }
  }

  private void enter() throws NamespaceException, InterruptedException {
    if (!one.tryLock(Deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
      throw new NamespaceException(
          NamespaceException.Reason.UNAVAILABLE, "another fold is still under way", null);
    }
  }

  private boolean foldOnce(boolean last)
      throws NamespaceException, HeadException, InterruptedException {
    FoldToken token = head.acquireFoldToken(Deadline.remaining());
    while (token.held() && token.through() != FoldToken.UNBOUNDED) {
      pin(token.through());
      token = head.acquireFoldToken(Deadline.remaining());
    }
    if (!token.held()) {
      return true; // another session folds
    }
    try {
      foldFrozen();
      return true;
    } catch (HeadException e) {
      if (!passes(e) || last) {
        throw e;
      }
      return false;
    }
  }

  /** Whether a fold that begins again may succeed: a snapshot or a sweep came between. */
  private static boolean passes(HeadException e) {
    return e.reason() == HeadException.Reason.OVERTAKEN
        || e.reason() == HeadException.Reason.STALE_CLAIMS;
  }

  /** Folds exactly to where a snapshot was taken. */
  private void pin(long sequence) throws NamespaceException, HeadException, InterruptedException {
    VolumeFold.Folded folded = head.volumeFold(blocks, loader).through(sequence);
    overlay.rebase(new Tree(folded.root(), loader.cache()));
    pinnedSequence = sequence;
    committer.folded(folded.bytes());
    Frozen left = frozen;
    if (left != null) {
      frozen = new Frozen(left.layer(), left.end().without(folded.bytes()));
    }
  }

  private void foldFrozen() throws NamespaceException, HeadException, InterruptedException {
    Frozen fold = frozen;
    if (fold == null) {
      fold = freeze();
      frozen = fold;
    }
    if (fold.end().sequence() <= pinnedSequence) {
      overlay.thaw(overlay.base());
      frozen = null;
      return;
    }
    Cid before = overlay.base().root();
    TreeUpload upload = new TreeUpload(blocks, loader.cache());
    Cid root = TreeMerge.merge(before, fold.layer(), loader, upload);
    upload.flush();
    head.fold(before, root, fold.end().sequence(), upload.claimEpoch(), Deadline.remaining());
    overlay.thaw(new Tree(root, loader.cache()));
    frozen = null;
    committer.folded(fold.end().unfoldedBytes());
  }

  /** Lets no fold begin any more, and waits for the one under way. */
  void end() throws NamespaceException, InterruptedException {
    enter();
    try {
      ended = true;
    } finally {
      one.unlock();
    }
  }

  private Frozen freeze() throws NamespaceException, InterruptedException {
    Layer layer;
    overlay.lock().writeLock().lock();
    try {
      if (!overlay.isFrozen()) {
        through = committer.nextNumber() - 1;
      }
      layer = overlay.freeze();
    } finally {
      overlay.lock().writeLock().unlock();
    }
    return new Frozen(layer, committer.drain(through));
  }
}
