package io.cairnfs.client.sweep;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.namespace.DirectoryEntry;
import io.cairnfs.client.namespace.Inode;
import io.cairnfs.client.namespace.InodeTimes;
import io.cairnfs.client.namespace.LostPart;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.ParentLink;
import io.cairnfs.client.namespace.VolumeImage;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Stripe;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.ipld.CborException;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The blocks that a volume needs: of its tree, of what was committed since, of its snapshots, and
 * those that all of these refer to. Of a large volume a part at a time, by the digests of the
 * blocks. For one thread.
 */
final class LiveBlocks implements VolumeImage.Visitor, VolumeImage.TreeVisitor {

  /** What is alive is too much for the memory that it may take: look at smaller parts. */
  static final class TooManyException extends RuntimeException {
    TooManyException() {
      super(null, null, false, false);
    }
  }

  private final DigestSet digests = new DigestSet();
  private final int part;
  private final int parts;
  private final int limit;
  private final BlockClient blocks;
  private final DigestSet stripes = new DigestSet();
  private @Nullable LostPart lost;

  private LiveBlocks(BlockClient blocks, int part, int parts, int limit) {
    this.blocks = blocks;
    this.part = part;
    this.parts = parts;
    this.limit = limit;
  }

  /**
   * Walks over everything.
   *
   * @param blocks of the volume: which shards a stripe has is in one of them
   * @param part from 0
   * @param parts a power of two
   * @param limit most blocks of a part
   * @throws NamespaceException {@code DAMAGED} if not all of it can be walked: then nobody knows
   *     what is alive
   * @throws TooManyException if the part has more
   */
  static LiveBlocks find(
      VolumeImage image,
      Collection<Cid> snapshotRoots,
      BlockClient blocks,
      int part,
      int parts,
      int limit)
      throws NamespaceException, InterruptedException {
    LiveBlocks live = new LiveBlocks(blocks, part, parts, limit);
    image.walk(live);
    for (Cid root : snapshotRoots) {
      image.walkSnapshot(root, live);
    }
    LostPart missing = live.lost;
    if (missing != null) {
      throw new NamespaceException(
          NamespaceException.Reason.DAMAGED,
          "a block of a tree is lost (" + missing.why() + "); cairn fsck says more",
          null);
    }
    return live;
  }

  /** Whether a block is of this part. */
  boolean covers(Key256 digest) {
    return (DigestSet.head(digest) >>> 1) % parts == part;
  }

  /** Whether a block of this part is needed. */
  boolean contains(Key256 digest) {
    return digests.contains(digest);
  }

  int size() {
    return digests.size();
  }

  private void add(Cid cid) {
    if (!cid.isIdentity() && covers(cid.key())) {
      digests.add(cid.key());
      if (digests.size() > limit) {
        throw new TooManyException();
      }
    }
  }

  @Override
  public void treeBlock(Cid cid) {
    add(cid);
  }

  @Override
  public void extent(long inode, FileExtent extent)
      throws NamespaceException, InterruptedException {
    if (!(extent.extent() instanceof Extent.InBlock inBlock)) {
      return;
    }
    if (inBlock.block() instanceof BlockRef.Striped striped) {
      addStripe(striped.shard().stripe());
      return;
    }
    Cid cid = inBlock.block().cid();
    if (cid != null) {
      add(cid);
    }
  }

  /** Any of its blocks needs all of its shards, to be made again from. */
  private void addStripe(Cid stripe) throws NamespaceException, InterruptedException {
    if (!stripes.add(stripe.key())) {
      return;
    }
    add(stripe);
    try {
      Stripe.decode(blocks.get(stripe)).shards().forEach(this::add);
    } catch (BlockException e) {
      throw new NamespaceException(
          NamespaceException.Reason.UNAVAILABLE,
          "which shards stripe " + stripe + " has is not known: " + e.getMessage(),
          e);
    } catch (CborException e) {
      throw new NamespaceException(
          NamespaceException.Reason.DAMAGED, stripe + " describes no stripe", e);
    }
  }

  @Override
  public void lost(LostPart part) {
    lost = part;
  }

  @Override
  public void orphan(long inode) {
    // Its extents come by themselves.
  }

  @Override
  public void inode(long number, Inode inode) {
    // Refers to no block.
  }

  @Override
  public void times(long number, InodeTimes times) {
    // Refers to no block.
  }

  @Override
  public void parent(long directory, ParentLink link) {
    // Refers to no block.
  }

  @Override
  public void xattr(long inode, String name) {
    // Refers to no block.
  }

  @Override
  public void entry(long directory, DirectoryEntry entry) {
    // Refers to no block.
  }
}
