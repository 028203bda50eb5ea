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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A whole file system in memory, to try a kernel binding on. It counts lookups and handles strictly, and fails a test
 * that gives back more than it took. Locks are not implemented. Thread-safe: one monitor guards names, each node its
 * content.
 */
public class MemoryVfs implements Vfs {

  public static final long ROOT = 1;

  private static final int MAX_NAME = 255;
  private static final int UMASK_BITS = 0777;
  private static final int PERMISSIONS = 07777;
  private static final int SET_USER_ID = 04000;
  private static final int SET_GROUP_ID = 02000;
  private static final int GROUP_EXECUTE = 010;
  private static final byte[] NO_TARGET = {};

  private final ConcurrentMap<Long, MemoryNode> nodes = new ConcurrentHashMap<>();
  private final ConcurrentMap<Long, OpenNode> open = new ConcurrentHashMap<>();
  private final AtomicLong nextInode = new AtomicLong(ROOT);
  private final AtomicLong nextHandle = new AtomicLong(1);
  private final long validNanos;

  private record OpenNode(MemoryNode node, OpenFlags flags) {}

  /** An empty tree, whose entries and attributes the kernel may cache for so long. */
  public MemoryVfs(long validNanos) {
    this.validNanos = validNanos;
    MemoryNode root = newNode(FileType.DIRECTORY, 0755, 0, NO_TARGET, Caller.ROOT);
    root.parent = root;
  }

  /** An empty tree, cached for a minute. */
  public MemoryVfs() {
    this(TimeUnit.MINUTES.toNanos(1));
  }

  /** Lookups that the kernel has not given back. */
  public synchronized long lookups() {
    return nodes.values().stream().mapToLong(n -> n.lookups).sum();
  }

  /** Handles that the kernel has not released. */
  public int handles() {
    return open.size();
  }

  /** Inodes that exist, the root among them. */
  public int inodes() {
    return nodes.size();
  }

  private MemoryNode newNode(FileType type, int permissions, int device, byte[] target, Caller caller) {
    MemoryNode node = new MemoryNode(nextInode.getAndIncrement(), type, permissions, device, target, now());
    node.uid = caller.uid();
    node.gid = caller.gid();
    nodes.put(node.inode, node);
    return node;
  }

  private static long now() {
    Instant now = Instant.now();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }

  private MemoryNode node(long inode) throws VfsException {
    MemoryNode node = nodes.get(inode);
    if (node == null) {
      throw new VfsException(Failure.STALE);
    }
    return node;
  }

  private MemoryNode directory(long inode) throws VfsException {
    MemoryNode node = node(inode);
    if (node.type != FileType.DIRECTORY) {
      throw new VfsException(Failure.NOT_A_DIRECTORY);
    }
    return node;
  }

  private OpenNode opened(long handle) throws VfsException {
    OpenNode opened = open.get(handle);
    if (opened == null) {
      throw new VfsException(Failure.BAD_HANDLE);
    }
    return opened;
  }

  private static String key(byte[] name) throws VfsException {
    if (name.length > MAX_NAME) {
      throw new VfsException(Failure.NAME_TOO_LONG);
    }
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  private MemoryNode.Child child(MemoryNode directory, byte[] name) throws VfsException {
    MemoryNode.Child child = directory.byName.get(key(name));
    if (child == null) {
      throw new VfsException(Failure.NOT_FOUND);
    }
    return child;
  }

  private Entry known(MemoryNode node) {
    node.lookups++;
    return new Entry(node.attributes(), 0, validNanos);
  }

  @Override
  public synchronized Entry lookup(Caller caller, long parent, byte[] name) throws VfsException, InterruptedException {
    return known(child(directory(parent), name).node());
  }

  @Override
  public synchronized void forget(long inode, long lookups) {
    MemoryNode node = nodes.get(inode);
    if (node == null || (node.lookups < lookups && inode != ROOT)) {
      throw new IllegalStateException("inode " + inode + ": more lookups were given back than taken");
    }
    node.lookups = Math.max(0, node.lookups - lookups);
    reap(node);
  }

  private void reap(MemoryNode node) {
    if (node.inode != ROOT && node.links == 0 && node.lookups == 0 && node.handles == 0) {
      nodes.remove(node.inode);
    }
  }

  @Override
  public CachedAttributes getAttributes(long inode, long handle) throws VfsException, InterruptedException {
    return new CachedAttributes(node(inode).attributes(), validNanos);
  }

  @Override
  public synchronized CachedAttributes setAttributes(Caller caller, long inode, AttributeChange change, long handle)
      throws VfsException, InterruptedException {
    MemoryNode node = node(inode);
    long now = now();
    if (change.killPrivileges()) {
      killPrivileges(node);
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

  private static void killPrivileges(MemoryNode node) {
    if (node.type == FileType.REGULAR) {
      node.permissions &= ~SET_USER_ID;
      if ((node.permissions & GROUP_EXECUTE) != 0) {
        node.permissions &= ~SET_GROUP_ID;
      }
    }
  }

  @Override
  public byte[] readSymlink(long inode) throws VfsException, InterruptedException {
    return node(inode).target;
  }

  private Entry add(Caller caller, long parent, byte[] name, int mode, int umask, int device, byte[] target)
      throws VfsException {
    MemoryNode directory = directory(parent);
    if (directory.byName.containsKey(key(name))) {
      throw new VfsException(Failure.EXISTS);
    }
    FileType type = FileType.ofMode(mode);
    MemoryNode node = newNode(type, mode & ~(umask & UMASK_BITS) & PERMISSIONS, device, target, caller);
    if ((directory.permissions & SET_GROUP_ID) != 0) {
      node.gid = directory.gid;
      node.permissions |= type == FileType.DIRECTORY ? SET_GROUP_ID : 0;
    }
    attach(directory, name, node);
    return known(node);
  }

  private void attach(MemoryNode directory, byte[] name, MemoryNode node) throws VfsException {
    if (directory.links == 0 && directory.inode != ROOT) {
      throw new VfsException(Failure.NOT_FOUND);
    }
    MemoryNode.Child child = new MemoryNode.Child(name, node, directory.nextCookie++);
    directory.byName.put(key(name), child);
    directory.byCookie.put(child.cookie(), child);
    node.links++;
    if (node.type == FileType.DIRECTORY) {
      node.parent = directory;
      directory.subdirectories++;
    }
    touch(directory, node);
  }

  private void detach(MemoryNode directory, MemoryNode.Child child) throws VfsException {
    directory.byName.remove(key(child.name()));
    directory.byCookie.remove(child.cookie());
    child.node().links--;
    if (child.node().type == FileType.DIRECTORY) {
      directory.subdirectories--;
    }
    touch(directory, child.node());
    reap(child.node());
  }

  private static void touch(MemoryNode directory, MemoryNode node) {
    long now = now();
    directory.size = directory.byName.size();
    directory.mtimeNanos = now;
    directory.ctimeNanos = now;
    node.ctimeNanos = now;
  }

  @Override
  public synchronized Entry makeNode(Caller caller, long parent, byte[] name, int mode, int umask, int device)
      throws VfsException, InterruptedException {
    return add(caller, parent, name, mode, umask, device, NO_TARGET);
  }

  @Override
  public synchronized Entry makeDirectory(Caller caller, long parent, byte[] name, int mode, int umask)
      throws VfsException, InterruptedException {
    return add(
        caller, parent, name, FileType.DIRECTORY.bits() | (mode & PERMISSIONS), umask, 0, NO_TARGET);
  }

  @Override
  public synchronized Entry makeSymlink(Caller caller, long parent, byte[] name, byte[] target)
      throws VfsException, InterruptedException {
    return add(caller, parent, name, FileType.SYMLINK.bits() | 0777, 0, 0, target);
  }

  @Override
  public synchronized void unlink(Caller caller, long parent, byte[] name) throws VfsException, InterruptedException {
    MemoryNode directory = directory(parent);
    MemoryNode.Child child = child(directory, name);
    if (child.node().type == FileType.DIRECTORY) {
      throw new VfsException(Failure.IS_A_DIRECTORY);
    }
    detach(directory, child);
  }

  @Override
  public synchronized void removeDirectory(Caller caller, long parent, byte[] name)
      throws VfsException, InterruptedException {
    MemoryNode directory = directory(parent);
    MemoryNode.Child child = child(directory, name);
    checkReplaceable(child.node(), FileType.DIRECTORY);
    detach(directory, child);
  }

  private static void checkReplaceable(MemoryNode node, FileType by) throws VfsException {
    if (node.type == FileType.DIRECTORY && by != FileType.DIRECTORY) {
      throw new VfsException(Failure.IS_A_DIRECTORY);
    }
    if (node.type != FileType.DIRECTORY && by == FileType.DIRECTORY) {
      throw new VfsException(Failure.NOT_A_DIRECTORY);
    }
    if (!node.byName.isEmpty()) {
      throw new VfsException(Failure.NOT_EMPTY);
    }
  }

  @Override
  public synchronized void rename(
      Caller caller, long parent, byte[] name, long newParent, byte[] newName, RenameMode mode)
      throws VfsException, InterruptedException {
    MemoryNode from = directory(parent);
    MemoryNode to = directory(newParent);
    MemoryNode.Child source = child(from, name);
    MemoryNode.@Nullable Child target = to.byName.get(key(newName));
    switch (mode) {
      case EXCHANGE -> {
        MemoryNode.Child other = child(to, newName);
        other.node().lookups++; // keeps it from being reaped between its names
        source.node().lookups++;
        detach(from, source);
        detach(to, other);
        attach(from, name, other.node());
        attach(to, newName, source.node());
        other.node().lookups--;
        source.node().lookups--;
        return;
      }
      case NO_REPLACE -> {
        if (target != null) {
          throw new VfsException(Failure.EXISTS);
        }
      }
      case REPLACE -> {
        if (target != null) {
          if (target.node() == source.node()) {
            return;
          }
          checkReplaceable(target.node(), source.node().type);
          detach(to, target);
        }
      }
    }
    source.node().lookups++;
    detach(from, source);
    attach(to, newName, source.node());
    source.node().lookups--;
  }

  @Override
  public synchronized Entry link(Caller caller, long inode, long newParent, byte[] newName)
      throws VfsException, InterruptedException {
    MemoryNode directory = directory(newParent);
    if (directory.byName.containsKey(key(newName))) {
      throw new VfsException(Failure.EXISTS);
    }
    MemoryNode node = node(inode);
    attach(directory, newName, node);
    return known(node);
  }

  private Opened open(MemoryNode node, OpenFlags flags) {
    long handle = nextHandle.getAndIncrement();
    node.handles++;
    open.put(handle, new OpenNode(node, flags));
    return new Opened(handle, true, false);
  }

  @Override
  public synchronized Opened open(Caller caller, long inode, OpenFlags flags) throws VfsException, InterruptedException {
    MemoryNode node = node(inode);
    if (flags.truncate()) {
      node.truncate(0);
    }
    return open(node, flags);
  }

  @Override
  public synchronized Created create(
      Caller caller, long parent, byte[] name, int mode, int umask, OpenFlags flags)
      throws VfsException, InterruptedException {
    MemoryNode.@Nullable Child there = directory(parent).byName.get(key(name));
    if (there != null && flags.exclusive()) {
      throw new VfsException(Failure.EXISTS);
    }
    Entry entry =
        there != null
            ? known(there.node())
            : add(
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
  public synchronized Created createUnnamed(Caller caller, long parent, int mode, int umask, OpenFlags flags)
      throws VfsException, InterruptedException {
    MemoryNode node = newNode(FileType.REGULAR, mode & ~umask & PERMISSIONS, 0, NO_TARGET, caller);
    return new Created(known(node), open(node, flags));
  }

  @Override
  public int read(long handle, long offset, ByteBuffer target) throws VfsException, InterruptedException {
    return opened(handle).node().read(offset, target);
  }

  @Override
  public int write(Caller caller, long handle, long offset, ByteBuffer data, boolean killPrivileges)
      throws VfsException, InterruptedException {
    OpenNode opened = opened(handle);
    int length = data.remaining();
    if (killPrivileges) {
      killPrivileges(opened.node());
    }
    opened.node().write(opened.flags().append() ? opened.node().size : offset, data, now());
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
    reap(opened.node());
  }

  @Override
  public void fsync(long handle, boolean dataOnly) throws VfsException, InterruptedException {
    opened(handle);
  }

  @Override
  public synchronized Opened openDirectory(Caller caller, long inode) throws VfsException, InterruptedException {
    MemoryNode directory = directory(inode);
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
  public void fsyncDirectory(long handle, boolean dataOnly) throws VfsException, InterruptedException {
    opened(handle);
  }

  @Override
  public void syncAll() throws VfsException, InterruptedException {}

  @Override
  public FileSystemStatus status() throws VfsException, InterruptedException {
    return new FileSystemStatus(4096, 1 << 30, 1 << 29, 1 << 29, 1 << 30, (1 << 30) - nodes.size());
  }

  @Override
  public synchronized void setXattr(Caller caller, long inode, String name, byte[] value, XattrMode mode)
      throws VfsException, InterruptedException {
    MemoryNode node = node(inode);
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
    byte[] value = node(inode).xattrs.get(name);
    if (value == null) {
      throw new VfsException(Failure.NO_SUCH_ATTRIBUTE);
    }
    return value;
  }

  @Override
  public synchronized List<String> listXattrs(Caller caller, long inode) throws VfsException, InterruptedException {
    return List.copyOf(node(inode).xattrs.keySet());
  }

  @Override
  public synchronized void removeXattr(Caller caller, long inode, String name)
      throws VfsException, InterruptedException {
    if (node(inode).xattrs.remove(name) == null) {
      throw new VfsException(Failure.NO_SUCH_ATTRIBUTE);
    }
  }

  @Override
  public void access(Caller caller, long inode, int mask) throws VfsException, InterruptedException {
    node(inode); // the kernel checks permissions
  }

  @Override
  public void allocate(long handle, AllocateMode mode, long offset, long length)
      throws VfsException, InterruptedException {
    MemoryNode node = opened(handle).node();
    switch (mode) {
      case ALLOCATE, ALLOCATE_KEEP_SIZE -> node.allocate(offset, length);
      case PUNCH_HOLE, ZERO_RANGE, ZERO_RANGE_KEEP_SIZE -> node.zero(offset, length);
    }
    if ((mode == AllocateMode.ALLOCATE || mode == AllocateMode.ZERO_RANGE) && offset + length > node.size) {
      node.truncate(offset + length);
    }
  }

  @Override
  public long seek(long handle, long offset, boolean hole) throws VfsException, InterruptedException {
    MemoryNode node = opened(handle).node();
    long found = offset < node.size ? node.seek(offset, hole) : Long.MAX_VALUE;
    if (offset >= node.size || (!hole && found >= node.size)) {
      throw new VfsException(Failure.NO_SUCH_DEVICE_OR_ADDRESS);
    }
    return found;
  }

  @Override
  public long copyRange(Caller caller, long from, long fromOffset, long to, long toOffset, long length)
      throws VfsException, InterruptedException {
    byte[] bytes = new byte[(int) Math.min(length, 1 << 20)];
    int read = read(from, fromOffset, ByteBuffer.wrap(bytes));
    return write(caller, to, toOffset, ByteBuffer.wrap(Arrays.copyOf(bytes, read)), false);
  }

  @Override
  public @Nullable Lock getLock(long handle, Lock lock) throws VfsException, InterruptedException {
    throw new VfsException(Failure.NOT_SUPPORTED);
  }

  @Override
  public void setLock(long handle, Lock lock, boolean flock, boolean wait) throws VfsException, InterruptedException {
    throw new VfsException(Failure.NOT_SUPPORTED);
  }
}
