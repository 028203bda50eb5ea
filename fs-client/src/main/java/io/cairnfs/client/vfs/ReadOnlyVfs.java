package io.cairnfs.client.vfs;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A file system that never changes: what would change it is refused here, once. Thread-safe. */
abstract class ReadOnlyVfs implements Vfs {

  private static final int WRITE = 2;

  private static VfsException refused() {
    return new VfsException(Failure.READ_ONLY);
  }

  /** Opens an inode for reading. */
  abstract Opened openForReading(Caller caller, long inode, OpenFlags flags)
      throws VfsException, InterruptedException;

  @Override
  public final Opened open(Caller caller, long inode, OpenFlags flags)
      throws VfsException, InterruptedException {
    if (flags.write() || flags.truncate()) {
      throw refused();
    }
    return openForReading(caller, inode, flags);
  }

  @Override
  public final CachedAttributes setAttributes(
      Caller caller, long inode, AttributeChange change, long handle) throws VfsException {
    throw refused();
  }

  @Override
  public final Entry makeNode(
      Caller caller, long parent, byte[] name, int mode, int umask, int device)
      throws VfsException {
    throw refused();
  }

  @Override
  public final Entry makeDirectory(Caller caller, long parent, byte[] name, int mode, int umask)
      throws VfsException {
    throw refused();
  }

  @Override
  public final Entry makeSymlink(Caller caller, long parent, byte[] name, byte[] target)
      throws VfsException {
    throw refused();
  }

  @Override
  public final void unlink(Caller caller, long parent, byte[] name) throws VfsException {
    throw refused();
  }

  @Override
  public final void removeDirectory(Caller caller, long parent, byte[] name) throws VfsException {
    throw refused();
  }

  @Override
  public final void rename(
      Caller caller, long parent, byte[] name, long newParent, byte[] newName, RenameMode mode)
      throws VfsException {
    throw refused();
  }

  @Override
  public final Entry link(Caller caller, long inode, long newParent, byte[] newName)
      throws VfsException {
    throw refused();
  }

  @Override
  public final Created create(
      Caller caller, long parent, byte[] name, int mode, int umask, OpenFlags flags)
      throws VfsException {
    throw refused();
  }

  @Override
  public final Created createUnnamed(
      Caller caller, long parent, int mode, int umask, OpenFlags flags) throws VfsException {
    throw refused();
  }

  @Override
  public final int write(Caller caller, long handle, long offset, ByteBuffer data, WriteMode mode)
      throws VfsException {
    throw refused();
  }

  @Override
  public final boolean killPrivileges(long handle) throws VfsException {
    throw refused();
  }

  @Override
  public final void fsync(long handle, boolean dataOnly) {
    // All of it is durable.
  }

  @Override
  public final void fsyncDirectory(long handle, boolean dataOnly) {
    // All of it is durable.
  }

  @Override
  public final void syncAll() {
    // All of it is durable.
  }

  @Override
  public final void setXattr(
      Caller caller, long inode, String name, byte[] value, XattrMode mode, boolean killSetGroupId)
      throws VfsException {
    throw refused();
  }

  @Override
  public final void removeXattr(Caller caller, long inode, String name) throws VfsException {
    throw refused();
  }

  @Override
  public void access(Caller caller, long inode, int mask)
      throws VfsException, InterruptedException {
    if ((mask & WRITE) != 0) {
      throw refused();
    }
    getAttributes(inode, 0);
  }

  @Override
  public final void allocate(long handle, AllocateMode mode, long offset, long length)
      throws VfsException {
    throw refused();
  }

  @Override
  public final long copyRange(
      Caller caller, long from, long fromOffset, long to, long toOffset, long length)
      throws VfsException {
    throw refused();
  }

  @Override
  public @Nullable Lock getLock(long handle, Lock lock) throws VfsException, InterruptedException {
    throw new VfsException(Failure.NOT_SUPPORTED);
  }

  @Override
  public void setLock(long handle, Lock lock, boolean flock, boolean wait)
      throws VfsException, InterruptedException {
    throw new VfsException(Failure.NOT_SUPPORTED);
  }
}
