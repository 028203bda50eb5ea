package io.cairnfs.client.jnr;

import io.cairnfs.client.vfs.Vfs;

/** An inode that is looked up, until it is closed. */
final class Held implements AutoCloseable {

  private final Vfs vfs;
  private final long inode;
  private boolean given;

  /** Takes over one lookup of an inode. */
  Held(Vfs vfs, long inode) {
    this.vfs = vfs;
    this.inode = inode;
  }

  long inode() {
    return inode;
  }

  /** Leaves the lookup to the caller, who forgets it; gives the inode. */
  long give() {
    given = true;
    return inode;
  }

  @Override
  public void close() {
    if (!given && inode != Paths.ROOT) {
      vfs.forget(inode, 1);
    }
  }
}
