package io.cairnfs.client.fsck;

import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.history.TreePaths;
import io.cairnfs.client.namespace.LostPart;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.namespace.TreeNamespace;
import io.cairnfs.client.namespace.VolumeImage;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Snapshot;
import java.util.Objects;

/**
 * Looks whether the tree of a snapshot and the content that it refers to are there. Replicas of its
 * blocks are mended as others are; what is lost of it is only told. For one thread.
 */
final class SnapshotCheck implements VolumeImage.TreeVisitor {

  private final Snapshot snapshot;
  private final BlockCheck blocks;
  private final Findings findings;

  /**
   * @param snapshot has its root
   */
  SnapshotCheck(
      Snapshot snapshot, TreeNamespace.Source trees, BlockCheck blocks, Findings findings) {
    this.snapshot = snapshot;
    this.blocks = blocks;
    this.findings = findings;
    Cid root = Objects.requireNonNull(snapshot.root());
    TreePaths paths = new TreePaths(trees.tree(root, snapshot.usage()));
    blocks.setNames(inode -> where() + paths.ofFile(inode));
  }

  private String where() {
    return "snapshot '" + snapshot.name() + "': ";
  }

  @Override
  public void treeBlock(Cid cid) throws NamespaceException, InterruptedException {
    blocks.tree(cid);
  }

  @Override
  public void lost(LostPart part) {
    findings.left(
        where()
            + "the tree's block "
            + part.block()
            + " is lost, with "
            + part
            + " ("
            + part.why()
            + "); if the snapshot is of no use any more, delete it");
  }

  @Override
  public void extent(long inode, FileExtent extent)
      throws NamespaceException, InterruptedException {
    if (extent.extent() instanceof Extent.InBlock inBlock) {
      blocks.content(inBlock.block(), inode, extent);
    }
  }
}
