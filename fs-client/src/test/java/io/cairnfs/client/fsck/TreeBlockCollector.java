package io.cairnfs.client.fsck;

import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.namespace.DirectoryEntry;
import io.cairnfs.client.namespace.Inode;
import io.cairnfs.client.namespace.InodeTimes;
import io.cairnfs.client.namespace.LostPart;
import io.cairnfs.client.namespace.ParentLink;
import io.cairnfs.client.namespace.VolumeImage;
import io.cairnfs.protocol.cid.Cid;
import java.util.List;

/** Collects the blocks of a tree, parents before children. */
record TreeBlockCollector(List<Cid> cids) implements VolumeImage.Visitor {

  @Override
  public void treeBlock(Cid cid) {
    cids.add(cid);
  }

  @Override
  public void lost(LostPart part) {
    throw new AssertionError(part.toString());
  }

  @Override
  public void orphan(long inode) {}

  @Override
  public void inode(long number, Inode inode) {}

  @Override
  public void times(long number, InodeTimes times) {}

  @Override
  public void parent(long directory, ParentLink link) {}

  @Override
  public void xattr(long inode, String name) {}

  @Override
  public void entry(long directory, DirectoryEntry entry) {}

  @Override
  public void extent(long inode, FileExtent extent) {}
}
