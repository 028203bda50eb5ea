package io.cairnfs.client.vfs;

import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.namespace.NamespaceView;
import io.cairnfs.protocol.head.Snapshot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A file system with a control directory {@code .cairn} at its root, which no listing shows: it
 * passes each call to the tree that the inode or handle is of, the mounted one, the control
 * directory's own or a snapshot's. Where the root has an entry of that name, that is shown, and no
 * control directory. Thread-safe.
 */
public final class ControlVfs implements Vfs {

  private static final byte[] NAME = ".cairn".getBytes(StandardCharsets.US_ASCII);

  /** A tree that was looked into, and the snapshot that it is of. */
  private record Shown(long serial, Vfs tree) {}

  private final Vfs live;
  private final ControlSource source;
  private final ControlTree control;
  private final ConcurrentHashMap<Long, Shown> snapshots = new ConcurrentHashMap<>();

  public ControlVfs(Vfs live, ControlSource source) {
    this.live = live;
    this.source = source;
    this.control = new ControlTree(live, source);
  }

  /** The control directory's name. */
  public static byte[] name() {
    return NAME.clone();
  }

  /** The tree that has an inode or a handle. */
  private Vfs tree(long number) throws VfsException {
    if (!ControlNumber.isMarked(number)) {
      return live;
    }
    long tree = ControlNumber.tree(number);
    if (tree == ControlNumber.CONTROL_TREE) {
      return control;
    }
    Shown shown = snapshots.get(tree);
    if (shown == null) {
      throw new VfsException(Failure.STALE);
    }
    return shown.tree();
  }

  /** The number that the tree knows. */
  private static long in(long number) {
    return ControlNumber.isMarked(number) ? ControlNumber.number(number) : number;
  }

  /** The number of something in the same tree as something else, as the kernel knows it. */
  private static long out(long near, long number) throws VfsException {
    return ControlNumber.isMarked(near)
        ? ControlNumber.of(ControlNumber.tree(near), number)
        : number;
  }

  private static Entry out(long near, Entry entry) throws VfsException {
    Attributes attributes = entry.attributes();
    return ControlNumber.isMarked(near)
        ? new Entry(
            attributes.withInode(out(near, attributes.inode())),
            entry.generation(),
            entry.validNanos())
        : entry;
  }

  private static CachedAttributes out(long near, CachedAttributes cached) throws VfsException {
    Attributes attributes = cached.attributes();
    return ControlNumber.isMarked(near)
        ? new CachedAttributes(
            attributes.withInode(out(near, attributes.inode())), cached.validNanos())
        : cached;
  }

  private static Opened out(long near, Opened opened) throws VfsException {
    return ControlNumber.isMarked(near)
        ? new Opened(out(near, opened.handle()), opened.keepCache(), opened.direct())
        : opened;
  }

  private static boolean isControlName(long parent, byte[] name) {
    return parent == NamespaceView.ROOT && Arrays.equals(name, NAME);
  }

  /** Refuses a change of the control directory's own name, unless the volume uses it itself. */
  private void requireFree(Caller caller, long parent, byte[] name, Failure otherwise)
      throws VfsException, InterruptedException {
    if (!isControlName(parent, name)) {
      return;
    }
    Entry own = ownEntry(caller);
    if (own == null) {
      throw new VfsException(otherwise);
    }
    live.forget(own.attributes().inode(), 1);
  }

  /** What the volume has under the control directory's name; a lookup of it is counted. */
  private @Nullable Entry ownEntry(Caller caller) throws VfsException, InterruptedException {
    try {
      return live.lookup(caller, NamespaceView.ROOT, NAME);
    } catch (VfsException e) {
      if (e.failure() == Failure.NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  @Override
  public void serve(KernelCache kernel) {
    live.serve(kernel);
  }

  @Override
  public Entry lookup(Caller caller, long parent, byte[] name)
      throws VfsException, InterruptedException {
    if (isControlName(parent, name)) {
      Entry own = ownEntry(caller);
      long number = ControlNumber.of(ControlNumber.CONTROL_TREE, ControlTree.TOP);
      return own != null
          ? own
          : new Entry(getAttributes(number, 0).attributes(), 0, ControlTree.VALID_NANOS);
    }
    if (tree(parent) == control && ControlTree.isSnapshots(in(parent))) {
      return lookup(control.snapshot(name));
    }
    return out(parent, tree(parent).lookup(caller, in(parent), name));
  }

  /** The root of a snapshot's tree. */
  private Entry lookup(Snapshot snapshot) throws VfsException, InterruptedException {
    long tree = ControlNumber.treeOf(snapshot.serial());
    Shown shown = snapshots.get(tree);
    if (shown == null) {
      Shown opened = new Shown(snapshot.serial(), source.open(snapshot));
      Shown other = snapshots.putIfAbsent(tree, opened);
      shown = other == null ? opened : other;
    }
    if (shown.serial() != snapshot.serial()) {
      throw new VfsException(
          Failure.IO, "an older snapshot has the inode numbers of '" + snapshot.name() + "'", null);
    }
    long number = ControlNumber.of(tree, NamespaceView.ROOT);
    return new Entry(getAttributes(number, 0).attributes(), 0, ControlTree.VALID_NANOS);
  }

  @Override
  public void forget(long inode, long lookups) {
    try {
      tree(inode).forget(in(inode), lookups);
    } catch (VfsException e) {
      return; // of no tree that was ever shown: a fault of the binding that harms nothing
    }
  }

  @Override
  public CachedAttributes getAttributes(long inode, long handle)
      throws VfsException, InterruptedException {
    return out(inode, tree(inode).getAttributes(in(inode), in(handle)));
  }

  @Override
  public CachedAttributes setAttributes(
      Caller caller, long inode, AttributeChange change, long handle)
      throws VfsException, InterruptedException {
    return out(inode, tree(inode).setAttributes(caller, in(inode), change, in(handle)));
  }

  @Override
  public byte[] readSymlink(long inode) throws VfsException, InterruptedException {
    return tree(inode).readSymlink(in(inode));
  }

  @Override
  public Entry makeNode(Caller caller, long parent, byte[] name, int mode, int umask, int device)
      throws VfsException, InterruptedException {
    requireFree(caller, parent, name, Failure.EXISTS);
    return tree(parent).makeNode(caller, in(parent), name, mode, umask, device);
  }

  @Override
  public Entry makeDirectory(Caller caller, long parent, byte[] name, int mode, int umask)
      throws VfsException, InterruptedException {
    requireFree(caller, parent, name, Failure.EXISTS);
    return tree(parent).makeDirectory(caller, in(parent), name, mode, umask);
  }

  @Override
  public Entry makeSymlink(Caller caller, long parent, byte[] name, byte[] target)
      throws VfsException, InterruptedException {
    requireFree(caller, parent, name, Failure.EXISTS);
    return tree(parent).makeSymlink(caller, in(parent), name, target);
  }

  @Override
  public void unlink(Caller caller, long parent, byte[] name)
      throws VfsException, InterruptedException {
    requireFree(caller, parent, name, Failure.BUSY);
    tree(parent).unlink(caller, in(parent), name);
  }

  @Override
  public void removeDirectory(Caller caller, long parent, byte[] name)
      throws VfsException, InterruptedException {
    requireFree(caller, parent, name, Failure.BUSY);
    tree(parent).removeDirectory(caller, in(parent), name);
  }

  @Override
  public void rename(
      Caller caller, long parent, byte[] name, long newParent, byte[] newName, RenameMode mode)
      throws VfsException, InterruptedException {
    requireFree(caller, parent, name, Failure.BUSY);
    requireFree(caller, newParent, newName, Failure.BUSY);
    requireSame(tree(parent), tree(newParent));
    tree(parent).rename(caller, in(parent), name, in(newParent), newName, mode);
  }

  private static void requireSame(Vfs one, Vfs other) throws VfsException {
    if (one != other) {
      throw new VfsException(Failure.CROSS_DEVICE);
    }
  }

  @Override
  public Entry link(Caller caller, long inode, long newParent, byte[] newName)
      throws VfsException, InterruptedException {
    requireFree(caller, newParent, newName, Failure.EXISTS);
    requireSame(tree(inode), tree(newParent));
    return tree(inode).link(caller, in(inode), in(newParent), newName);
  }

  @Override
  public Opened open(Caller caller, long inode, OpenFlags flags)
      throws VfsException, InterruptedException {
    return out(inode, tree(inode).open(caller, in(inode), flags));
  }

  @Override
  public Created create(
      Caller caller, long parent, byte[] name, int mode, int umask, OpenFlags flags)
      throws VfsException, InterruptedException {
    requireFree(caller, parent, name, Failure.EXISTS);
    return tree(parent).create(caller, in(parent), name, mode, umask, flags);
  }

  @Override
  public Created createUnnamed(Caller caller, long parent, int mode, int umask, OpenFlags flags)
      throws VfsException, InterruptedException {
    return tree(parent).createUnnamed(caller, in(parent), mode, umask, flags);
  }

  @Override
  public int read(long handle, long offset, ByteBuffer target)
      throws VfsException, InterruptedException {
    return tree(handle).read(in(handle), offset, target);
  }

  @Override
  public int write(Caller caller, long handle, long offset, ByteBuffer data, WriteMode mode)
      throws VfsException, InterruptedException {
    return tree(handle).write(caller, in(handle), offset, data, mode);
  }

  @Override
  public boolean killPrivileges(long handle) throws VfsException, InterruptedException {
    return tree(handle).killPrivileges(in(handle));
  }

  @Override
  public void flush(long handle, long lockOwner) throws VfsException, InterruptedException {
    tree(handle).flush(in(handle), lockOwner);
  }

  @Override
  public void release(long handle, long lockOwner) {
    try {
      tree(handle).release(in(handle), lockOwner);
    } catch (VfsException e) {
      return; // of no tree that was ever shown: a fault of the binding that harms nothing
    }
  }

  @Override
  public void fsync(long handle, boolean dataOnly) throws VfsException, InterruptedException {
    tree(handle).fsync(in(handle), dataOnly);
  }

  @Override
  public Opened openDirectory(Caller caller, long inode) throws VfsException, InterruptedException {
    return out(inode, tree(inode).openDirectory(caller, in(inode)));
  }

  @Override
  public void readDirectory(long handle, long cookie, boolean plus, DirectorySink sink)
      throws VfsException, InterruptedException {
    Vfs tree = tree(handle);
    boolean translated = tree != live && tree != control;
    tree.readDirectory(in(handle), cookie, plus, translated ? new MarkingSink(handle, sink) : sink);
  }

  @Override
  public void releaseDirectory(long handle) {
    try {
      tree(handle).releaseDirectory(in(handle));
    } catch (VfsException e) {
      return; // of no tree that was ever shown: a fault of the binding that harms nothing
    }
  }

  @Override
  public void fsyncDirectory(long handle, boolean dataOnly)
      throws VfsException, InterruptedException {
    tree(handle).fsyncDirectory(in(handle), dataOnly);
  }

  @Override
  public void syncAll() throws VfsException, InterruptedException {
    live.syncAll();
  }

  @Override
  public FileSystemStatus status() throws VfsException, InterruptedException {
    return live.status();
  }

  @Override
  public void setXattr(
      Caller caller, long inode, String name, byte[] value, XattrMode mode, boolean killSetGroupId)
      throws VfsException, InterruptedException {
    tree(inode).setXattr(caller, in(inode), name, value, mode, killSetGroupId);
  }

  @Override
  public byte[] getXattr(Caller caller, long inode, String name)
      throws VfsException, InterruptedException {
    return tree(inode).getXattr(caller, in(inode), name);
  }

  @Override
  public List<String> listXattrs(Caller caller, long inode)
      throws VfsException, InterruptedException {
    return tree(inode).listXattrs(caller, in(inode));
  }

  @Override
  public void removeXattr(Caller caller, long inode, String name)
      throws VfsException, InterruptedException {
    tree(inode).removeXattr(caller, in(inode), name);
  }

  @Override
  public void access(Caller caller, long inode, int mask)
      throws VfsException, InterruptedException {
    tree(inode).access(caller, in(inode), mask);
  }

  @Override
  public void allocate(long handle, AllocateMode mode, long offset, long length)
      throws VfsException, InterruptedException {
    tree(handle).allocate(in(handle), mode, offset, length);
  }

  @Override
  public long seek(long handle, long offset, boolean hole)
      throws VfsException, InterruptedException {
    return tree(handle).seek(in(handle), offset, hole);
  }

  @Override
  public long copyRange(
      Caller caller, long from, long fromOffset, long to, long toOffset, long length)
      throws VfsException, InterruptedException {
    requireSame(tree(from), tree(to)); // the kernel copies bytes then
    return tree(from).copyRange(caller, in(from), fromOffset, in(to), toOffset, length);
  }

  @Override
  public @Nullable Lock getLock(long handle, Lock lock) throws VfsException, InterruptedException {
    return tree(handle).getLock(in(handle), lock);
  }

  @Override
  public void setLock(long handle, Lock lock, boolean flock, boolean wait)
      throws VfsException, InterruptedException {
    tree(handle).setLock(in(handle), lock, flock, wait);
  }

  /** A listing's sink that sees the inode numbers of a snapshot as the kernel knows them. */
  private record MarkingSink(long near, DirectorySink sink) implements DirectorySink {

    @Override
    public boolean name(byte[] name, long inode, FileType type, long next) {
      return sink.name(name, number(inode), type, next);
    }

    @Override
    public boolean entry(byte[] name, Entry entry, long next) {
      Attributes attributes = entry.attributes();
      return sink.entry(
          name,
          new Entry(
              attributes.withInode(number(attributes.inode())),
              entry.generation(),
              entry.validNanos()),
          next);
    }

    /** The number; that of the directory itself where one is too great to be shown. */
    private long number(long inode) {
      try {
        return out(near, inode);
      } catch (VfsException e) {
        return near;
      }
    }
  }
}
