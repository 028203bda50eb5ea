package io.cairnfs.it;

import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.vfs.AttributeChange;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A file system in memory that loses what was not synced when the power is cut. Mounted in the
 * kernel, it shows whether a program syncs what it must.
 *
 * <p>What fsync(2) and fdatasync(2) of a file make durable are its bytes and size; of a directory,
 * its entries. Whether a sync makes the way to the file durable as well is for the {@link Rules} to
 * say. Nothing else makes anything durable: not closing, not time, and not sync_file_range(2),
 * which never reaches a FUSE file system. Stores through mmap arrive as writes when the kernel
 * writes them. Permissions are durable at once; there are no symlinks and extended attributes.
 * Deleted files take memory until the next cut.
 *
 * <p>Thread-safe: one monitor guards everything.
 */
final class LossyDisk implements Vfs {

  /** What a sync does beyond what it is called on. */
  enum Rules {
    /** Nothing: a name is durable when its directory was synced, and that one's name likewise. */
    POSIX,
    /**
     * It makes the name under which the file is now durable, and all directories on the way, as
     * ext4 and XFS do: their journal commits the creation, or the rename, with the file.
     */
    JOURNALED
  }

  private static final int BLOCK = 4096;
  private static final long BLOCKS = 1 << 28;
  private static final int PERMISSIONS = 07777;
  private static final long ROOT = 1;

  /** All changes come through this mount. */
  private static final long VALID_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Rules rules;
  private final Predicate<String> ignoredSyncs;
  private final LossyNode root = new LossyNode(ROOT, FileType.DIRECTORY, 0777, 0, 0);
  private final Map<Long, LossyNode> nodes = new HashMap<>(Map.of(ROOT, root));
  private final Map<Long, LossyNode> open = new HashMap<>();
  private final Set<String> syncedPaths = new TreeSet<>();
  private long nextInode = ROOT + 1;
  private long nextHandle = 1;
  private int ignored;
  private int changesUntilCut = Integer.MAX_VALUE;
  private boolean powered = true;

  /**
   * @param ignoredSyncs paths, those of directories ending with a slash, whose syncs do nothing
   */
  LossyDisk(Rules rules, Predicate<String> ignoredSyncs) {
    this.rules = rules;
    this.ignoredSyncs = ignoredSyncs;
  }

  /**
   * Loses what is not durable. Until {@link #powerOn} every call fails; the mount, whose kernel
   * still remembers what was lost, has to end before that.
   *
   * @param torn as in {@link LossyContent#crash}
   */
  synchronized void cutPower(@Nullable Random torn) {
    powered = false;
    open.clear();
    nodes.clear();
    root.crash(
        node -> {
          node.content.crash(torn);
          nodes.put(node.inode, node);
        });
  }

  /** Cuts the power by itself instead of the change that follows so many others. */
  synchronized void cutPowerAfter(int changes) {
    changesUntilCut = changes;
  }

  synchronized void powerOn() {
    powered = true;
    changesUntilCut = Integer.MAX_VALUE;
  }

  /** Every change begins with this. */
  private void beginChange() throws VfsException {
    if (changesUntilCut-- == 0) {
      cutPower(null);
    }
    requirePower();
  }

  /** The paths that were ever synced, ignored or not. */
  synchronized Set<String> syncedPaths() {
    return Set.copyOf(syncedPaths);
  }

  /** How many syncs did nothing. */
  synchronized int ignoredSyncs() {
    return ignored;
  }

  private LossyNode node(long inode) throws VfsException {
    requirePower();
    LossyNode node = nodes.get(inode);
    if (node == null) {
      throw new VfsException(Failure.STALE);
    }
    return node;
  }

  private LossyNode opened(long handle) throws VfsException {
    requirePower();
    LossyNode node = open.get(handle);
    if (node == null) {
      throw new VfsException(Failure.BAD_HANDLE);
    }
    return node;
  }

  private void requirePower() throws VfsException {
    if (!powered) {
      throw new VfsException(Failure.IO);
    }
  }

  private LossyNode child(long parent, byte[] name) throws VfsException {
    LossyNode child = node(parent).entries().get(text(name));
    if (child == null) {
      throw new VfsException(Failure.NOT_FOUND);
    }
    return child;
  }

  /** Names of any bytes, one character each. */
  private static String text(byte[] name) {
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  private static Entry entry(LossyNode node) {
    return new Entry(node.attributes(), 0, VALID_NANOS);
  }

  @Override
  public synchronized Entry lookup(Caller caller, long parent, byte[] name) throws VfsException {
    return entry(child(parent, name));
  }

  @Override
  public void forget(long inode, long lookups) {
    // Nodes stay until the next cut.
  }

  @Override
  public synchronized CachedAttributes getAttributes(long inode, long handle) throws VfsException {
    return new CachedAttributes(node(inode).attributes(), VALID_NANOS);
  }

  @Override
  public synchronized CachedAttributes setAttributes(
      Caller caller, long inode, AttributeChange change, long handle) throws VfsException {
    beginChange();
    LossyNode node = node(inode);
    if (change.permissions() != null) {
      node.permissions = change.permissions();
    }
    if (change.size() != null) {
      node.content.truncate(change.size());
    }
    return new CachedAttributes(node.attributes(), VALID_NANOS);
  }

  private LossyNode add(Caller caller, long parent, byte[] name, FileType type, int permissions)
      throws VfsException {
    beginChange();
    LossyNode directory = node(parent);
    if (directory.entries().containsKey(text(name))) {
      throw new VfsException(Failure.EXISTS);
    }
    LossyNode node =
        new LossyNode(nextInode++, type, permissions & PERMISSIONS, caller.uid(), caller.gid());
    nodes.put(node.inode, node);
    directory.attach(text(name), node);
    return node;
  }

  @Override
  public synchronized Entry makeNode(
      Caller caller, long parent, byte[] name, int mode, int umask, int device)
      throws VfsException {
    if (FileType.ofMode(mode) != FileType.REGULAR) {
      throw new VfsException(Failure.NOT_SUPPORTED);
    }
    return entry(add(caller, parent, name, FileType.REGULAR, mode & ~umask));
  }

  @Override
  public synchronized Entry makeDirectory(
      Caller caller, long parent, byte[] name, int mode, int umask) throws VfsException {
    return entry(add(caller, parent, name, FileType.DIRECTORY, mode & ~umask));
  }

  @Override
  public synchronized void unlink(Caller caller, long parent, byte[] name) throws VfsException {
    beginChange();
    if (child(parent, name).type == FileType.DIRECTORY) {
      throw new VfsException(Failure.IS_A_DIRECTORY);
    }
    node(parent).detach(text(name));
  }

  @Override
  public synchronized void removeDirectory(Caller caller, long parent, byte[] name)
      throws VfsException {
    LossyNode child = child(parent, name);
    if (child.type != FileType.DIRECTORY) {
      throw new VfsException(Failure.NOT_A_DIRECTORY);
    }
    if (!child.entries().isEmpty()) {
      throw new VfsException(Failure.NOT_EMPTY);
    }
    node(parent).detach(text(name));
  }

  @Override
  public synchronized void rename(
      Caller caller, long parent, byte[] name, long newParent, byte[] newName, RenameMode mode)
      throws VfsException {
    beginChange();
    LossyNode child = child(parent, name);
    LossyNode target = node(newParent).entries().get(text(newName));
    if (mode == RenameMode.EXCHANGE || child.type == FileType.DIRECTORY) {
      throw new VfsException(Failure.NOT_SUPPORTED);
    }
    if (target != null && (mode == RenameMode.NO_REPLACE || target.type == FileType.DIRECTORY)) {
      throw new VfsException(Failure.EXISTS);
    }
    if (target != child) {
      node(newParent).detach(text(newName));
      node(parent).detach(text(name));
      node(newParent).attach(text(newName), child);
    }
  }

  @Override
  public synchronized Entry link(Caller caller, long inode, long newParent, byte[] newName)
      throws VfsException {
    beginChange();
    LossyNode node = node(inode);
    if (node(newParent).entries().containsKey(text(newName))) {
      throw new VfsException(Failure.EXISTS);
    }
    node(newParent).attach(text(newName), node);
    return entry(node);
  }

  private Opened opening(LossyNode node) {
    open.put(nextHandle, node);
    return new Opened(nextHandle++, true, false);
  }

  @Override
  public synchronized Opened open(Caller caller, long inode, OpenFlags flags) throws VfsException {
    LossyNode node = node(inode);
    if (flags.truncate()) {
      beginChange();
      node.content.truncate(0);
    }
    return opening(node);
  }

  @Override
  public synchronized Created create(
      Caller caller, long parent, byte[] name, int mode, int umask, OpenFlags flags)
      throws VfsException {
    LossyNode there = node(parent).entries().get(text(name));
    if (there != null && flags.exclusive()) {
      throw new VfsException(Failure.EXISTS);
    }
    LossyNode node =
        there != null ? there : add(caller, parent, name, FileType.REGULAR, mode & ~umask);
    if (flags.truncate()) {
      beginChange();
      node.content.truncate(0);
    }
    return new Created(entry(node), opening(node));
  }

  @Override
  public synchronized int read(long handle, long offset, ByteBuffer target) throws VfsException {
    return opened(handle).content.read(offset, target);
  }

  @Override
  public synchronized boolean killPrivileges(long handle) {
    return false;
  }

  @Override
  public synchronized int write(
      Caller caller, long handle, long offset, ByteBuffer data, WriteMode mode)
      throws VfsException {
    beginChange();
    LossyNode node = opened(handle);
    int length = data.remaining();
    node.content.write(offset, data);
    return length;
  }

  @Override
  public synchronized void flush(long handle, long lockOwner) throws VfsException {
    opened(handle);
  }

  @Override
  public synchronized void release(long handle, long lockOwner) {
    open.remove(handle);
  }

  @Override
  public synchronized void fsync(long handle, boolean dataOnly) throws VfsException {
    beginChange();
    LossyNode node = opened(handle);
    if (isHonoured(node)) {
      node.content.sync();
    }
  }

  @Override
  public synchronized void fsyncDirectory(long handle, boolean dataOnly) throws VfsException {
    beginChange();
    LossyNode node = opened(handle);
    if (isHonoured(node)) {
      node.syncEntries();
    }
  }

  /** Notes a sync of a node, and does what the rules add to it unless it is ignored. */
  private boolean isHonoured(LossyNode node) {
    String path = node.path();
    syncedPaths.add(path);
    if (ignoredSyncs.test(path)) {
      ignored++;
      return false;
    }
    if (rules == Rules.JOURNALED) {
      node.syncPath();
    }
    return true;
  }

  @Override
  public synchronized Opened openDirectory(Caller caller, long inode) throws VfsException {
    return opening(node(inode));
  }

  @Override
  public synchronized void readDirectory(long handle, long cookie, boolean plus, DirectorySink sink)
      throws VfsException {
    LossyNode directory = opened(handle);
    List<Map.Entry<String, LossyNode>> all = new ArrayList<>();
    all.add(Map.entry(".", directory));
    all.add(Map.entry("..", directory.parentOrSelf()));
    all.addAll(directory.entries().entrySet());
    for (int next = (int) cookie; next < all.size(); next++) {
      byte[] name = all.get(next).getKey().getBytes(StandardCharsets.ISO_8859_1);
      LossyNode node = all.get(next).getValue();
      boolean taken =
          plus
              ? sink.entry(name, entry(node), next + 1)
              : sink.name(name, node.inode, node.type, next + 1);
      if (!taken) {
        return;
      }
    }
  }

  @Override
  public void releaseDirectory(long handle) {
    release(handle, 0);
  }

  /** Comes only with an unmount, which is no sync. */
  @Override
  public void syncAll() {}

  @Override
  public FileSystemStatus status() {
    return new FileSystemStatus(BLOCK, BLOCKS, BLOCKS, BLOCKS, BLOCKS, BLOCKS);
  }

  @Override
  public synchronized void access(Caller caller, long inode, int mask) throws VfsException {
    node(inode);
  }

  /** Only what databases call to reserve room. */
  @Override
  public synchronized void allocate(long handle, AllocateMode mode, long offset, long length)
      throws VfsException {
    LossyNode node = opened(handle);
    switch (mode) {
      case ALLOCATE -> node.content.truncate(Math.max(node.content.size(), offset + length));
      case ALLOCATE_KEEP_SIZE -> {}
      case PUNCH_HOLE, ZERO_RANGE, ZERO_RANGE_KEEP_SIZE -> throw unsupported();
    }
  }

  private static VfsException unsupported() {
    return new VfsException(Failure.NOT_SUPPORTED);
  }

  @Override
  public byte[] readSymlink(long inode) throws VfsException {
    throw unsupported();
  }

  @Override
  public Entry makeSymlink(Caller caller, long parent, byte[] name, byte[] target)
      throws VfsException {
    throw unsupported();
  }

  @Override
  public Created createUnnamed(Caller caller, long parent, int mode, int umask, OpenFlags flags)
      throws VfsException {
    throw unsupported();
  }

  @Override
  public void setXattr(
      Caller caller, long inode, String name, byte[] value, XattrMode mode, boolean killSetGroupId)
      throws VfsException {
    throw unsupported();
  }

  @Override
  public byte[] getXattr(Caller caller, long inode, String name) throws VfsException {
    throw unsupported();
  }

  @Override
  public List<String> listXattrs(Caller caller, long inode) throws VfsException {
    throw unsupported();
  }

  @Override
  public void removeXattr(Caller caller, long inode, String name) throws VfsException {
    throw unsupported();
  }

  @Override
  public long seek(long handle, long offset, boolean hole) throws VfsException {
    throw unsupported();
  }

  @Override
  public long copyRange(
      Caller caller, long from, long fromOffset, long to, long toOffset, long length)
      throws VfsException {
    throw unsupported();
  }

  @Override
  public @Nullable Lock getLock(long handle, Lock lock) throws VfsException {
    throw unsupported();
  }

  @Override
  public void setLock(long handle, Lock lock, boolean flock, boolean wait) throws VfsException {
    throw unsupported();
  }
}
