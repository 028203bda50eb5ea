package io.cairnfs.client.sweep;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.block.Stripes;
import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.namespace.LostPart;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.VolumeImage;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Shard;
import io.cairnfs.protocol.erasure.Stripe;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.ipld.CborException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Claims everything that a tree needs, for a volume that begins on the tree of another one: what
 * only that one claims would go when it deletes it. Blocking; for one thread.
 */
public final class ClaimWalk implements VolumeImage.TreeVisitor {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Decoded nodes of the tree that the walk keeps. */
  private static final long CACHE_BYTES = 16L << 20;

  /** Blocks that are claimed together. */
  private static final int BATCH = 1024;

  private final BlockClient blocks;
  private final Stripes stripes;

  /** Whether each stripe that was met is claimed with all of its shards. */
  private final Map<Cid, Boolean> whole = new HashMap<>();

  private final Set<Cid> batch = new LinkedHashSet<>();
  private long claimed;

  private ClaimWalk(BlockClient blocks, Stripes stripes) {
    this.blocks = blocks;
    this.stripes = stripes;
  }

  /**
   * Claims the blocks of a volume that was founded on a tree and has not changed since.
   *
   * @param blocks claims for that volume
   * @param stripes likewise
   * @return how many there are
   * @throws NamespaceException if one is lost
   */
  public static long of(Head head, VolumeId volume, BlockClient blocks, Stripes stripes)
      throws HeadException, NamespaceException, InterruptedException {
    HeadState state = head.info(volume, TIMEOUT).state();
    blocks.sweepOpened(state.sweep());
    VolumeImage image = VolumeImage.open(head, volume, state, blocks, CACHE_BYTES);
    ClaimWalk walk = new ClaimWalk(blocks, stripes);
    image.walkSnapshot(Objects.requireNonNull(state.root(), "founded on a tree"), walk);
    walk.flush();
    return walk.claimed;
  }

  @Override
  public void treeBlock(Cid cid) throws NamespaceException, InterruptedException {
    add(cid);
  }

  @Override
  public void extent(long inode, FileExtent extent)
      throws NamespaceException, InterruptedException {
    if (!(extent.extent() instanceof Extent.InBlock inBlock)) {
      return;
    }
    if (inBlock.block() instanceof BlockRef.Striped striped) {
      add(striped.shard());
      return;
    }
    Cid cid = inBlock.block().cid();
    if (cid != null && !cid.isIdentity()) {
      add(cid);
    }
  }

  /** A shard of a stripe that is not whole now is replicated, so that nothing depends on others. */
  private void add(Shard shard) throws NamespaceException, InterruptedException {
    Boolean claimedWhole = whole.get(shard.stripe());
    if (claimedWhole == null) {
      claimedWhole = claim(shard.stripe());
      whole.put(shard.stripe(), claimedWhole);
      add(shard.stripe());
    }
    if (!claimedWhole) {
      add(shard.cid());
    }
  }

  private boolean claim(Cid name) throws NamespaceException, InterruptedException {
    try {
      Stripe stripe = Stripe.decode(blocks.get(name));
      claimed += stripe.shards().size();
      return stripes.claim(name, stripe);
    } catch (BlockException | CborException e) {
      throw new NamespaceException(
          NamespaceException.Reason.UNAVAILABLE, "stripe " + name + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void lost(LostPart part) {
    // It was lost before, and fsck says so.
  }

  private void add(Cid cid) throws NamespaceException, InterruptedException {
    batch.add(cid);
    if (batch.size() == BATCH) {
      flush();
    }
  }

  private void flush() throws NamespaceException, InterruptedException {
    try {
      Set<Cid> missing = new LinkedHashSet<>(batch);
      missing.removeAll(blocks.have(batch));
      for (Cid cid : missing) {
        blocks.put(List.of(new Block(cid, blocks.get(cid))));
      }
    } catch (BlockException e) {
      throw new NamespaceException(
          NamespaceException.Reason.UNAVAILABLE, "blocks: " + e.getMessage(), e);
    }
    claimed += batch.size();
    batch.clear();
  }
}
