package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.namespace.NamespaceView;
import io.cairnfs.client.wait.Deadline;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A directory of a file system shown as the root of one: the mount option {@code subdir=}. To the
 * kernel that directory has the root's inode number; all other inodes keep theirs. What lies above
 * it has no name here.
 */
public final class SubtreeVfs implements Vfs {

  private final Vfs whole;
  private final long top;

  private SubtreeVfs(Vfs whole, long top) {
    this.whole = whole;
    this.top = top;
  }

  /**
   * The subtree below a path; waits at most for so long.
   *
   * @param path names separated by slashes, from the root; symlinks are not followed
   * @throws VfsException {@code NOT_FOUND} or {@code NOT_A_DIRECTORY}
   */
  public static Vfs of(Vfs whole, String path, Duration timeout)
      throws VfsException, InterruptedException {
    long top = NamespaceView.ROOT;
    for (String name : path.split("/", -1)) {
      if (name.isEmpty()) {
        continue;
      }
      long parent = top;
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      Attributes found =
          Deadline.<Entry, VfsException>await(
                  timeout, () -> whole.lookup(Caller.ROOT, parent, bytes))
              .attributes();
      if (found.type() != FileType.DIRECTORY) {
        throw new VfsException(Failure.NOT_A_DIRECTORY);
      }
      top = found.inode(); // stays looked up for as long as it is mounted
    }
    return top == NamespaceView.ROOT ? whole : new SubtreeVfs(whole, top);
  }

  private long in(long inode) {
    return inode == NamespaceView.ROOT ? top : inode;
  }

  private long out(long inode) {
    return inode == top ? NamespaceView.ROOT : inode;
  }

  private Attributes out(Attributes attributes) {
    return attributes.inode() == top ? attributes.withInode(NamespaceView.ROOT) : attributes;
  }

  private Entry out(Entry entry) {
    return new Entry(out(entry.attributes()), entry.generation(), entry.validNanos());
  }

  private CachedAttributes out(CachedAttributes attributes) {
    return new CachedAttributes(out(attributes.attributes()), attributes.validNanos());
  }

  @Override
  public void serve(KernelCache kernel) {
    whole.serve(
        new KernelCache() {
          @Override
          public boolean forgetNames() {
            return kernel.forgetNames();
          }

          @Override
          public void forgetAttributes(long inode) {
            kernel.forgetAttributes(out(inode));
          }

          @Override
          public void forgetData(long inode) {
            kernel.forgetData(out(inode));
          }

          @Override
          public void awaitForgotten() throws InterruptedException {
            kernel.awaitForgotten();
          }
        });
  }

  @Override
  public Entry lookup(Caller caller, long parent, byte[] name)
      throws VfsException, InterruptedException {
    if (Names.isDots(name)) {
      throw new VfsException(Failure.STALE); // it may lie outside the subtree
    }
    return out(whole.lookup(caller, in(parent), name));
  }

  @Override
  public void forget(long inode, long lookups) {
    if (inode != NamespaceView.ROOT) {
      whole.forget(inode, lookups);
    }
  }

  @Override
  public CachedAttributes getAttributes(long inode, long handle)
      throws VfsException, InterruptedException {
    return out(whole.getAttributes(in(inode), handle));
  }

  @Override
  public CachedAttributes setAttributes(
      Caller caller, long inode, AttributeChange change, long handle)
      throws VfsException, InterruptedException {
    return out(whole.setAttributes(caller, in(inode), change, handle));
  }

  @Override
  public byte[] readSymlink(long inode) throws VfsException, InterruptedException {
    return whole.readSymlink(in(inode));
  }

  @Override
  public Entry makeNode(Caller caller, long parent, byte[] name, int mode, int umask, int device)
      throws VfsException, InterruptedException {
    return out(whole.makeNode(caller, in(parent), name, mode, umask, device));
  }

  @Override
  public Entry makeDirectory(Caller caller, long parent, byte[] name, int mode, int umask)
      throws VfsException, InterruptedException {
    return out(whole.makeDirectory(caller, in(parent), name, mode, umask));
  }

  @Override
  public Entry makeSymlink(Caller caller, long parent, byte[] name, byte[] target)
      throws VfsException, InterruptedException {
    return out(whole.makeSymlink(caller, in(parent), name, target));
  }

  @Override
  public void unlink(Caller caller, long parent, byte[] name)
      throws VfsException, InterruptedException {
    whole.unlink(caller, in(parent), name);
  }

  @Override
  public void removeDirectory(Caller caller, long parent, byte[] name)
      throws VfsException, InterruptedException {
    whole.removeDirectory(caller, in(parent), name);
  }

  @Override
  public void rename(
      Caller caller, long parent, byte[] name, long newParent, byte[] newName, RenameMode mode)
      throws VfsException, InterruptedException {
    whole.rename(caller, in(parent), name, in(newParent), newName, mode);
  }

  @Override
  public Entry link(Caller caller, long inode, long newParent, byte[] newName)
      throws VfsException, InterruptedException {
    return out(whole.link(caller, in(inode), in(newParent), newName));
  }

  @Override
  public Opened open(Caller caller, long inode, OpenFlags flags)
      throws VfsException, InterruptedException {
    return whole.open(caller, in(inode), flags);
  }

  @Override
  public Created create(
      Caller caller, long parent, byte[] name, int mode, int umask, OpenFlags flags)
      throws VfsException, InterruptedException {
    Created created = whole.create(caller, in(parent), name, mode, umask, flags);
    return new Created(out(created.entry()), created.opened());
  }

  @Override
  public Created createUnnamed(Caller caller, long parent, int mode, int umask, OpenFlags flags)
      throws VfsException, InterruptedException {
    Created created = whole.createUnnamed(caller, in(parent), mode, umask, flags);
    return new Created(out(created.entry()), created.opened());
  }

  @Override
  public int read(long handle, long offset, ByteBuffer target)
      throws VfsException, InterruptedException {
    return whole.read(handle, offset, target);
  }

  @Override
  public boolean killPrivileges(long handle) throws VfsException, InterruptedException {
    return whole.killPrivileges(handle);
  }

  @Override
  public int write(Caller caller, long handle, long offset, ByteBuffer data, WriteMode mode)
      throws VfsException, InterruptedException {
    return whole.write(caller, handle, offset, data, mode);
  }

  @Override
  public void flush(long handle, long lockOwner) throws VfsException, InterruptedException {
    whole.flush(handle, lockOwner);
  }

  @Override
  public void release(long handle, long lockOwner) {
    whole.release(handle, lockOwner);
  }

  @Override
  public void fsync(long handle, boolean dataOnly) throws VfsException, InterruptedException {
    whole.fsync(handle, dataOnly);
  }

  @Override
  public Opened openDirectory(Caller caller, long inode) throws VfsException, InterruptedException {
    return whole.openDirectory(caller, in(inode));
  }

  @Override
  public void readDirectory(long handle, long cookie, boolean plus, DirectorySink sink)
      throws VfsException, InterruptedException {
    whole.readDirectory(handle, cookie, plus, translating(sink));
  }

  @Override
  public void releaseDirectory(long handle) {
    whole.releaseDirectory(handle);
  }

  @Override
  public void fsyncDirectory(long handle, boolean dataOnly)
      throws VfsException, InterruptedException {
    whole.fsyncDirectory(handle, dataOnly);
  }

  @Override
  public void syncAll() throws VfsException, InterruptedException {
    whole.syncAll();
  }

  @Override
  public FileSystemStatus status() throws VfsException, InterruptedException {
    return whole.status();
  }

  @Override
  public void setXattr(
      Caller caller, long inode, String name, byte[] value, XattrMode mode, boolean killSetGroupId)
      throws VfsException, InterruptedException {
    whole.setXattr(caller, in(inode), name, value, mode, killSetGroupId);
  }

  @Override
  public byte[] getXattr(Caller caller, long inode, String name)
      throws VfsException, InterruptedException {
    return whole.getXattr(caller, in(inode), name);
  }

  @Override
  public List<String> listXattrs(Caller caller, long inode)
      throws VfsException, InterruptedException {
    return whole.listXattrs(caller, in(inode));
  }

  @Override
  public void removeXattr(Caller caller, long inode, String name)
      throws VfsException, InterruptedException {
    whole.removeXattr(caller, in(inode), name);
  }

  @Override
  public void access(Caller caller, long inode, int mask)
      throws VfsException, InterruptedException {
    whole.access(caller, in(inode), mask);
  }

  @Override
  public void allocate(long handle, AllocateMode mode, long offset, long length)
      throws VfsException, InterruptedException {
    whole.allocate(handle, mode, offset, length);
  }

  @Override
  public long seek(long handle, long offset, boolean hole)
      throws VfsException, InterruptedException {
    return whole.seek(handle, offset, hole);
  }

  @Override
  public long copyRange(
      Caller caller, long from, long fromOffset, long to, long toOffset, long length)
      throws VfsException, InterruptedException {
    return whole.copyRange(caller, from, fromOffset, to, toOffset, length);
  }

  @Override
  public @Nullable Lock getLock(long handle, Lock lock) throws VfsException, InterruptedException {
    return whole.getLock(handle, lock);
  }

  @Override
  public void setLock(long handle, Lock lock, boolean flock, boolean wait)
      throws VfsException, InterruptedException {
    whole.setLock(handle, lock, flock, wait);
  }

  /** A listing's sink that sees the inode numbers of the subtree. */
  private DirectorySink translating(DirectorySink sink) {
    return new DirectorySink() {
      @Override
      public boolean name(byte[] name, long inode, FileType type, long next) {
        return sink.name(name, out(inode), type, next);
      }

      @Override
      public boolean entry(byte[] name, Entry entry, long next) {
        return sink.entry(name, out(entry), next);
      }
    };
  }
}
