package io.cairnfs.client.namespace;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.FoldToken;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.ipld.CborException;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Folds from the head's own copy of the deltas, so that a fold ends at exactly the sequence that is
 * asked for, whatever anybody has in memory: that is how snapshots get their roots. Blocking; each
 * call ends within the current {@link Deadline}; for one thread.
 */
public final class VolumeFold {

  private final Head head;
  private final VolumeId volume;
  private final SessionId session;
  private final BlockClient blocks;
  private final NodeLoader loader;

  VolumeFold(Head head, VolumeId volume, SessionId session, BlockClient blocks, NodeLoader loader) {
    this.head = head;
    this.volume = volume;
    this.session = session;
    this.blocks = blocks;
    this.loader = loader;
  }

  /**
   * @param session that lives and does not fold by itself
   */
  public static VolumeFold of(
      Head head, VolumeId volume, SessionId session, BlockClient blocks, long cacheBytes) {
    NodeLoader loader = new NodeLoader(blocks, new NodeCache(cacheBytes));
    return new VolumeFold(head, volume, session, blocks, loader);
  }

  /**
   * A root that was put in place.
   *
   * @param root of the tree
   * @param sequence that it includes
   * @param bytes what its deltas counted
   */
  record Folded(Cid root, long sequence, long bytes) {}

  /**
   * Gives every snapshot its root that has none.
   *
   * @throws HeadException {@code OVERTAKEN} if another session folds
   */
  public void pinSnapshots() throws HeadException, NamespaceException, InterruptedException {
    long bound = token();
    while (bound != FoldToken.UNBOUNDED) {
      through(bound);
      bound = token();
    }
  }

  /**
   * As {@link #pinSnapshots}, and then folds what is left.
   *
   * @return the state, which has no deltas
   */
  public HeadState everything() throws HeadException, NamespaceException, InterruptedException {
    pinSnapshots();
    HeadState state = state();
    if (state.rootSequence() < state.sequence()) {
      through(state.sequence());
    }
    return state();
  }

  /**
   * Gives snapshots their roots and folds what every session has taken; nothing while another
   * session folds.
   *
   * @param released the last sequence that all have taken
   */
  void released(LongSupplier released)
      throws HeadException, NamespaceException, InterruptedException {
    FoldToken token = head.acquireFoldToken(volume, session, Deadline.remaining());
    while (token.held() && token.through() != FoldToken.UNBOUNDED) {
      through(token.through());
      token = head.acquireFoldToken(volume, session, Deadline.remaining());
    }
    long end = released.getAsLong();
    if (token.held() && state().rootSequence() < end) {
      through(end);
    }
  }

  /** How far a fold may go; the session has the fold token from here on. */
  private long token() throws HeadException, InterruptedException {
    FoldToken token = head.acquireFoldToken(volume, session, Deadline.remaining());
    if (!token.held()) {
      throw new HeadException(
          HeadException.Reason.OVERTAKEN, "another session is folding; try again");
    }
    return token.through();
  }

  private HeadState state() throws HeadException, InterruptedException {
    return head.info(volume, Deadline.remaining()).state();
  }

  /** Folds through a sequence, by the holder of the fold token. */
  Folded through(long sequence) throws HeadException, NamespaceException, InterruptedException {
    HeadState state = state();
    blocks.sweepOpened(state.sweep());
    Layer layer = new Layer();
    long bytes = replay(new History(head, volume), state, sequence, layer, loader);
    TreeUpload upload = new TreeUpload(blocks, loader.cache());
    Cid root = TreeMerge.merge(state.root(), layer, loader, upload);
    upload.flush();
    head.fold(
        volume, session, state.root(), root, sequence, upload.claimEpoch(), Deadline.remaining());
    return new Folded(root, sequence, bytes);
  }

  /**
   * A tree of everything that is committed, whose new blocks go to {@code scratch} only: for who
   * looks at a volume without changing it.
   *
   * @throws HeadException {@code REFUSED} if somebody folded meanwhile
   */
  public static Cid preview(
      Head head, VolumeId volume, HeadState state, BlockClient scratch, long cacheBytes)
      throws HeadException, NamespaceException, InterruptedException {
    NodeLoader loader = new NodeLoader(scratch, new NodeCache(cacheBytes));
    Layer layer = new Layer();
    replay(new History(head, volume), state, state.sequence(), layer, loader);
    TreeUpload upload = new TreeUpload(scratch, loader.cache());
    Cid root = TreeMerge.merge(state.root(), layer, loader, upload);
    upload.flush();
    return root;
  }

  private static long replay(
      History history, HeadState state, long through, Layer layer, NodeLoader loader)
      throws HeadException, NamespaceException, InterruptedException {
    FetchedNodes nodes = new FetchedNodes(loader);
    LayeredMap map = new LayeredMap(List.of(layer), new Tree(state.root(), nodes));
    return history.replay(state, through, mutations -> apply(mutations, map, layer, nodes));
  }

  private static void apply(
      List<Mutation> mutations, LayeredMap map, Layer layer, FetchedNodes nodes)
      throws NamespaceException, InterruptedException {
    while (true) {
      try {
        Changes changes = new Changes(map);
        mutations.forEach(changes::apply);
        layer.addAll(changes.layer());
        nodes.clear();
        return;
      } catch (MissingBlockException e) {
        nodes.fetch(e.cids());
      } catch (CborException e) {
        throw new NamespaceException(
            NamespaceException.Reason.DAMAGED, "a tree block is damaged: " + e.getMessage(), e);
      }
    }
  }
}
