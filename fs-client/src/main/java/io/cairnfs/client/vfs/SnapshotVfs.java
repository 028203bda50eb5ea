package io.cairnfs.client.vfs;

import io.cairnfs.client.content.Content;
import io.cairnfs.client.namespace.Namespace;
import io.cairnfs.client.tidy.TouchedFiles;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a volume was at a snapshot, as a file system that never changes. Thread-safe. */
public final class SnapshotVfs extends ReadOnlyVfs {

  private final Vfs volume;

  private SnapshotVfs(Vfs volume) {
    this.volume = volume;
  }

  /**
   * @param tree never changes
   * @param content reads the files' blocks; may be that of a mounted volume
   */
  public static SnapshotVfs of(Namespace tree, Content content, StatusSource statusSource) {
    SessionNamespace namespace = new SessionNamespace(tree);
    InodeTable inodes = new InodeTable();
    Others others = new Others(inodes); // there are none
    AccessTimes accessTimes = new AccessTimes(namespace, AccessTimePolicy.NONE, Clock.SYSTEM);
    TouchedFiles touched = new TouchedFiles(System::nanoTime, Duration.ZERO); // nothing writes
    UnstoredWrites unstored =
        new UnstoredWrites(
            namespace,
            content,
            inodes,
            new Orphans(namespace, inodes, others),
            touched,
            accessTimes,
            others,
            Clock.SYSTEM);
    FileContents contents =
        new FileContents(namespace, content, unstored, touched, accessTimes, others, Clock.SYSTEM);
    return new SnapshotVfs(
        new VolumeVfs(
            namespace,
            contents,
            unstored,
            inodes,
            accessTimes,
            statusSource,
            others,
            Clock.SYSTEM));
  }

  @Override
  Opened openForReading(Caller caller, long inode, OpenFlags flags)
      throws VfsException, InterruptedException {
    return volume.open(caller, inode, flags);
  }

  @Override
  public Entry lookup(Caller caller, long parent, byte[] name)
      throws VfsException, InterruptedException {
    return volume.lookup(caller, parent, name);
  }

  @Override
  public void forget(long inode, long lookups) {
    volume.forget(inode, lookups);
  }

  @Override
  public CachedAttributes getAttributes(long inode, long handle)
      throws VfsException, InterruptedException {
    return volume.getAttributes(inode, handle);
  }

  @Override
  public byte[] readSymlink(long inode) throws VfsException, InterruptedException {
    return volume.readSymlink(inode);
  }

  @Override
  public int read(long handle, long offset, ByteBuffer target)
      throws VfsException, InterruptedException {
    return volume.read(handle, offset, target);
  }

  @Override
  public void flush(long handle, long lockOwner) throws VfsException, InterruptedException {
    volume.flush(handle, lockOwner);
  }

  @Override
  public void release(long handle, long lockOwner) {
    volume.release(handle, lockOwner);
  }

  @Override
  public Opened openDirectory(Caller caller, long inode) throws VfsException, InterruptedException {
    return volume.openDirectory(caller, inode);
  }

  @Override
  public void readDirectory(long handle, long cookie, boolean plus, DirectorySink sink)
      throws VfsException, InterruptedException {
    volume.readDirectory(handle, cookie, plus, sink);
  }

  @Override
  public void releaseDirectory(long handle) {
    volume.releaseDirectory(handle);
  }

  @Override
  public FileSystemStatus status() throws VfsException, InterruptedException {
    return volume.status();
  }

  @Override
  public byte[] getXattr(Caller caller, long inode, String name)
      throws VfsException, InterruptedException {
    return volume.getXattr(caller, inode, name);
  }

  @Override
  public List<String> listXattrs(Caller caller, long inode)
      throws VfsException, InterruptedException {
    return volume.listXattrs(caller, inode);
  }

  @Override
  public long seek(long handle, long offset, boolean hole)
      throws VfsException, InterruptedException {
    return volume.seek(handle, offset, hole);
  }

  @Override
  public @Nullable Lock getLock(long handle, Lock lock) throws VfsException, InterruptedException {
    return volume.getLock(handle, lock);
  }

  @Override
  public void setLock(long handle, Lock lock, boolean flock, boolean wait)
      throws VfsException, InterruptedException {
    volume.setLock(handle, lock, flock, wait);
  }
}
