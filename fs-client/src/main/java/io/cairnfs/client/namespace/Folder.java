package io.cairnfs.client.namespace;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.HeadException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Folds what happened into a new tree: freezes the active layer, has it committed, builds and
 * uploads the tree, and makes it the volume's root. What comes meanwhile goes to a new layer. One
 * fold at a time; if one fails, the layer stays frozen, and the next begins with it. Blocking;
 * thread-safe.
 */
final class Folder {

  /** New tree blocks that are uploaded together. */
  private static final int UPLOAD_BYTES = 4 << 20;

  private final Overlay overlay;
  private final Committer committer;
  private final HeadSession head;
  private final BlockClient blocks;
  private final NodeLoader loader;
  private final ReentrantLock one = new ReentrantLock();
  private long through; // the last transaction in the frozen layer
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

  /** Folds everything that was applied before; ends within the current deadline. */
  void fold() throws NamespaceException, InterruptedException {
    one.lockInterruptibly();
    try {
      if (!head.acquireFoldToken(Deadline.remaining())) {
        return; // another session folds
      }
      foldFrozen();
    } catch (HeadException e) {
      throw Failures.ofHead(e);
    } finally {
      one.unlock();
    }
  }

  private void foldFrozen() throws NamespaceException, HeadException, InterruptedException {
    Frozen fold = frozen;
    if (fold == null) {
      fold = freeze();
      frozen = fold;
    }
    Cid before = overlay.base().root();
    Upload upload = new Upload();
    Cid root = TreeMerge.merge(before, fold.layer(), loader, upload);
    upload.flush();
    head.fold(before, root, fold.end().sequence(), Deadline.remaining());
    overlay.thaw(new Tree(root, loader.cache()));
    frozen = null;
    committer.folded(fold.end().unfoldedBytes());
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

  /** Collects new blocks and uploads many at a time. */
  private final class Upload implements TreeBuilder.Sink {

    private final List<Block> batch = new ArrayList<>();
    private int bytes;

    @Override
    public void accept(Block block) throws NamespaceException, InterruptedException {
      batch.add(block);
      bytes += block.bytes().length;
      if (bytes >= UPLOAD_BYTES) {
        flush();
      }
    }

    private void flush() throws NamespaceException, InterruptedException {
      if (batch.isEmpty()) {
        return;
      }
      try {
        blocks.put(List.copyOf(batch));
      } catch (BlockException e) {
        throw Failures.ofBlocks(e);
      }
      for (Block block : batch) {
        loader
            .cache()
            .put(block.cid(), Node.decode(block.bytes())); // what changed is what is looked at
      }
      batch.clear();
      bytes = 0;
    }
  }
}
