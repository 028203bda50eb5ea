package io.cairnfs.client.testing;

import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.vfs.AttributeChange;
import io.cairnfs.client.vfs.AttributeChange.Time;
import io.cairnfs.client.vfs.CachedAttributes;
import io.cairnfs.client.vfs.Caller;
import io.cairnfs.client.vfs.Created;
import io.cairnfs.client.vfs.DirectorySink;
import io.cairnfs.client.vfs.Entry;
import io.cairnfs.client.vfs.Failure;
import io.cairnfs.client.vfs.FileSystemStatus;
import io.cairnfs.client.vfs.Lock;
import io.cairnfs.client.vfs.OpenFlags;
import io.cairnfs.client.vfs.Opened;
import io.cairnfs.client.vfs.Vfs;
import io.cairnfs.client.vfs.VfsException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A whole file system in memory, to try a kernel binding on. It counts lookups and handles
 * strictly, and fails a test that gives back more than it took. Locks are not implemented.
 * Thread-safe: one monitor guards names, each node its content.
 */
public class MemoryVfs implements Vfs {

  public static final long ROOT = MemoryTree.ROOT;

  private static final int PERMISSIONS = 07777;
  private static final byte[] NO_TARGET = {};

  private final MemoryTree tree;
  private final ConcurrentMap<Long, OpenNode> open = new ConcurrentHashMap<>();
  private final AtomicLong nextHandle = new AtomicLong(1);
  private final long validNanos;

  private record OpenNode(MemoryNode node, OpenFlags flags) {}

  /** An empty tree, whose entries and attributes the kernel may cache for so long. */
  public MemoryVfs(long validNanos) {
    this.validNanos = validNanos;
    tree = new MemoryTree(validNanos);
  }

  /** An empty tree, cached for a minute. */
  public MemoryVfs() {
    this(TimeUnit.MINUTES.toNanos(1));
  }

  /** Lookups that the kernel has not given back. */
  public synchronized long lookups() {
    return tree.nodes().stream().mapToLong(n -> n.lookups).sum();
  }

  /** Handles that the kernel has not released. */
  public int handles() {
    return open.size();
  }

  /** Inodes that exist, the root among them. */
  public int inodes() {
    return tree.nodes().size();
  }

  private OpenNode opened(long handle) throws VfsException {
    OpenNode opened = open.get(handle);
    if (opened == null) {
      throw new VfsException(Failure.BAD_HANDLE);
    }
    return opened;
  }

  @Override
  public synchronized Entry lookup(Caller caller, long parent, byte[] name)
      throws VfsException, InterruptedException {
    return tree.known(tree.child(tree.directory(parent), name).node());
  }

  @Override
  public synchronized void forget(long inode, long lookups) {
    MemoryNode node = tree.find(inode);
    if (node == null || (node.lookups < lookups && inode != ROOT)) {
      throw new IllegalStateException(
          "inode " + inode + ": more lookups were given back than taken");
    }
    node.lookups = Math.max(0, node.lookups - lookups);
    tree.reap(node);
  }

  @Override
  public CachedAttributes getAttributes(long inode, long handle)
      throws VfsException, InterruptedException {
    return new CachedAttributes(tree.node(inode).attributes(), validNanos);
  }

  @Override
  public synchronized CachedAttributes setAttributes(
      Caller caller, long inode, AttributeChange change, long handle)
      throws VfsException, InterruptedException {
    MemoryNode node = tree.node(inode);
    long now = MemoryTree.now();
    if (change.killPrivileges()) {
      MemoryTree.killPrivileges(node);
    }
    node.permissions = or(change.permissions(), node.permissions);
    node.uid = or(change.uid(), node.uid);
    node.gid = or(change.gid(), node.gid);
    if (change.size() != null) {
      node.truncate(change.size());
      node.mtimeNanos = now;
    }
    node.atimeNanos = time(change.atime(), node.atimeNanos, now);
    node.mtimeNanos = time(change.mtime(), node.mtimeNanos, now);
    node.ctimeNanos = change.ctimeNanos() != null ? change.ctimeNanos() : now;
    return new CachedAttributes(node.attributes(), validNanos);
  }

  private static int or(@Nullable Integer value, int before) {
    return value != null ? value : before;
  }

  private static long time(@Nullable Time time, long before, long now) {
    return switch (time) {
      case null -> before;
      case Time.Now() -> now;
      case Time.At(long nanos) -> nanos;
    };
  }

  @Override
  public byte[] readSymlink(long inode) throws VfsException, InterruptedException {
    return tree.node(inode).target;
  }

  @Override
  public synchronized Entry makeNode(
      Caller caller, long parent, byte[] name, int mode, int umask, int device)
      throws VfsException, InterruptedException {
    return tree.add(caller, parent, name, mode, umask, device, NO_TARGET);
  }

  @Override
  public synchronized Entry makeDirectory(
      Caller caller, long parent, byte[] name, int mode, int umask)
      throws VfsException, InterruptedException {
    return tree.add(
        caller,
        parent,
        name,
        FileType.DIRECTORY.bits() | (mode & PERMISSIONS),
        umask,
        0,
        NO_TARGET);
  }

  @Override
  public synchronized Entry makeSymlink(Caller caller, long parent, byte[] name, byte[] target)
      throws VfsException, InterruptedException {
    return tree.add(caller, parent, name, FileType.SYMLINK.bits() | 0777, 0, 0, target);
  }

  @Override
  public synchronized void unlink(Caller caller, long parent, byte[] name)
      throws VfsException, InterruptedException {
    MemoryNode directory = tree.directory(parent);
    MemoryNode.Child child = tree.child(directory, name);
    if (child.node().type == FileType.DIRECTORY) {
      throw new VfsException(Failure.IS_A_DIRECTORY);
    }
    tree.detach(directory, child);
  }

  @Override
  public synchronized void removeDirectory(Caller caller, long parent, byte[] name)
      throws VfsException, InterruptedException {
    MemoryNode directory = tree.directory(parent);
    MemoryNode.Child child = tree.child(directory, name);
    MemoryTree.checkReplaceable(child.node(), FileType.DIRECTORY);
    tree.detach(directory, child);
  }

  @Override
  public synchronized void rename(
      Caller caller, long parent, byte[] name, long newParent, byte[] newName, RenameMode mode)
      throws VfsException, InterruptedException {
    tree.rename(tree.directory(parent), name, tree.directory(newParent), newName, mode);
  }

  @Override
  public synchronized Entry link(Caller caller, long inode, long newParent, byte[] newName)
      throws VfsException, InterruptedException {
    MemoryNode directory = tree.directory(newParent);
    if (directory.byName.containsKey(MemoryTree.key(newName))) {
      throw new VfsException(Failure.EXISTS);
    }
    MemoryNode node = tree.node(inode);
    tree.attach(directory, newName, node);
    return tree.known(node);
  }

  private Opened open(MemoryNode node, OpenFlags flags) {
    long handle = nextHandle.getAndIncrement();
    node.handles++;
    open.put(handle, new OpenNode(node, flags));
    return new Opened(handle, true, false);
  }

  @Override
  public synchronized Opened open(Caller caller, long inode, OpenFlags flags)
      throws VfsException, InterruptedException {
    MemoryNode node = tree.node(inode);
    if (flags.truncate()) {
      node.truncate(0);
    }
    return open(node, flags);
  }

  @Override
  public synchronized Created create(
      Caller caller, long parent, byte[] name, int mode, int umask, OpenFlags flags)
      throws VfsException, InterruptedException {
    MemoryNode.@Nullable Child there = tree.directory(parent).byName.get(MemoryTree.key(name));
    if (there != null && flags.exclusive()) {
      throw new VfsException(Failure.EXISTS);
    }
    Entry entry =
        there != null
            ? tree.known(there.node())
            : tree.add(
                caller,
                parent,
                name,
                FileType.REGULAR.bits() | (mode & PERMISSIONS),
                umask,
                0,
                NO_TARGET);
    return new Created(entry, open(caller, entry.attributes().inode(), flags));
  }

  @Override
  public synchronized Created createUnnamed(
      Caller caller, long parent, int mode, int umask, OpenFlags flags)
      throws VfsException, InterruptedException {
    MemoryNode node =
        tree.newNode(FileType.REGULAR, mode & ~umask & PERMISSIONS, 0, NO_TARGET, caller);
    return new Created(tree.known(node), open(node, flags));
  }

  @Override
  public int read(long handle, long offset, ByteBuffer target)
      throws VfsException, InterruptedException {
    return opened(handle).node().read(offset, target);
  }

  @Override
  public boolean killPrivileges(long handle) throws VfsException, InterruptedException {
    MemoryNode node = opened(handle).node();
    int before = node.permissions;
    MemoryTree.killPrivileges(node);
    return node.permissions != before;
  }

  @Override
  public int write(Caller caller, long handle, long offset, ByteBuffer data, WriteMode mode)
      throws VfsException, InterruptedException {
    OpenNode opened = opened(handle);
    int length = data.remaining();
    boolean append = opened.flags().append() && mode != WriteMode.PAGE_CACHE;
    opened.node().write(append ? opened.node().size : offset, data, MemoryTree.now());
    return length;
  }

  @Override
  public void flush(long handle, long lockOwner) throws VfsException, InterruptedException {
    opened(handle);
  }

  @Override
  public synchronized void release(long handle, long lockOwner) {
    OpenNode opened = open.remove(handle);
    if (opened == null) {
      throw new IllegalStateException("handle " + handle + " is released twice");
    }
    opened.node().handles--;
    tree.reap(opened.node());
  }

  @Override
  public void fsync(long handle, boolean dataOnly) throws VfsException, InterruptedException {
    opened(handle);
  }

  @Override
  public synchronized Opened openDirectory(Caller caller, long inode)
      throws VfsException, InterruptedException {
    MemoryNode directory = tree.directory(inode);
    Opened opened =
        open(directory, new OpenFlags(true, false, false, false, false, false, false, false));
    return new Opened(opened.handle(), false, false);
  }

  @Override
  public synchronized void readDirectory(long handle, long cookie, boolean plus, DirectorySink sink)
      throws VfsException, InterruptedException {
    MemoryNode directory = opened(handle).node();
    MemoryNode parent = directory.parent != null ? directory.parent : directory;
    if (cookie < 1 && !give(sink, new MemoryNode.Child(new byte[] {'.'}, directory, 1), plus)) {
      return;
    }
    if (cookie < 2 && !give(sink, new MemoryNode.Child(new byte[] {'.', '.'}, parent, 2), plus)) {
      return;
    }
    for (MemoryNode.Child child : directory.byCookie.tailMap(cookie, false).values()) {
      if (!give(sink, child, plus)) {
        return;
      }
      child.node().lookups += plus ? 1 : 0;
    }
  }

  private boolean give(DirectorySink sink, MemoryNode.Child child, boolean plus) {
    MemoryNode node = child.node();
    return plus
        ? sink.entry(child.name(), new Entry(node.attributes(), 0, validNanos), child.cookie())
        : sink.name(child.name(), node.inode, node.type, child.cookie());
  }

  @Override
  public void releaseDirectory(long handle) {
    release(handle, 0);
  }

  @Override
  public void fsyncDirectory(long handle, boolean dataOnly)
      throws VfsException, InterruptedException {
    opened(handle);
  }

  @Override
  public void syncAll() throws VfsException, InterruptedException {}

  @Override
  public FileSystemStatus status() throws VfsException, InterruptedException {
    return new FileSystemStatus(
        4096, 1 << 30, 1 << 29, 1 << 29, 1 << 30, (1 << 30) - tree.nodes().size());
  }

  @Override
  public synchronized void setXattr(
      Caller caller, long inode, String name, byte[] value, XattrMode mode, boolean killSetGroupId)
      throws VfsException, InterruptedException {
    MemoryNode node = tree.node(inode);
    boolean exists = node.xattrs.containsKey(name);
    if (mode == XattrMode.CREATE && exists) {
      throw new VfsException(Failure.EXISTS);
    }
    if (mode == XattrMode.REPLACE && !exists) {
      throw new VfsException(Failure.NO_SUCH_ATTRIBUTE);
    }
    node.xattrs.put(name, value);
  }

  @Override
  public synchronized byte[] getXattr(Caller caller, long inode, String name)
      throws VfsException, InterruptedException {
    byte[] value = tree.node(inode).xattrs.get(name);
    if (value == null) {
      throw new VfsException(Failure.NO_SUCH_ATTRIBUTE);
    }
    return value;
  }

  @Override
  public synchronized List<String> listXattrs(Caller caller, long inode)
      throws VfsException, InterruptedException {
    return List.copyOf(tree.node(inode).xattrs.keySet());
  }

  @Override
  public synchronized void removeXattr(Caller caller, long inode, String name)
      throws VfsException, InterruptedException {
    if (tree.node(inode).xattrs.remove(name) == null) {
      throw new VfsException(Failure.NO_SUCH_ATTRIBUTE);
    }
  }

  @Override
  public void access(Caller caller, long inode, int mask)
      throws VfsException, InterruptedException {
    tree.node(inode); // the kernel checks permissions
  }

  @Override
  public void allocate(long handle, AllocateMode mode, long offset, long length)
      throws VfsException, InterruptedException {
    MemoryNode node = opened(handle).node();
    switch (mode) {
      case ALLOCATE, ALLOCATE_KEEP_SIZE -> node.allocate(offset, length);
      case PUNCH_HOLE, ZERO_RANGE, ZERO_RANGE_KEEP_SIZE -> node.zero(offset, length);
    }
    if ((mode == AllocateMode.ALLOCATE || mode == AllocateMode.ZERO_RANGE)
        && offset + length > node.size) {
      node.truncate(offset + length);
    }
  }

  @Override
  public long seek(long handle, long offset, boolean hole)
      throws VfsException, InterruptedException {
    MemoryNode node = opened(handle).node();
    long found = offset < node.size ? node.seek(offset, hole) : Long.MAX_VALUE;
    if (offset >= node.size || (!hole && found >= node.size)) {
      throw new VfsException(Failure.NO_SUCH_DEVICE_OR_ADDRESS);
    }
    return found;
  }

  @Override
  public long copyRange(
      Caller caller, long from, long fromOffset, long to, long toOffset, long length)
      throws VfsException, InterruptedException {
    byte[] bytes = new byte[(int) Math.min(length, 1 << 20)];
    int read = read(from, fromOffset, ByteBuffer.wrap(bytes));
    return write(
        caller, to, toOffset, ByteBuffer.wrap(Arrays.copyOf(bytes, read)), WriteMode.PROGRAM);
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
