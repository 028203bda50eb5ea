package io.cairnfs.client.vfs;

import io.cairnfs.client.content.ReadAhead;
import io.cairnfs.client.namespace.DirectoryEntry;
import io.cairnfs.client.namespace.FileType;
import io.cairnfs.client.namespace.Inode;
import io.cairnfs.client.namespace.Name;
import io.cairnfs.client.vfs.Names.NewInode;
import io.cairnfs.client.vfs.Names.Place;
import io.cairnfs.client.wait.ImpatientThread;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Usage;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A volume as a file system: the facade over {@link Names}, {@link FileContents}, {@link Listing}
 * and their kin. It joins names with what is open, counts what the kernel holds, and keeps the
 * order in which content and names become durable.
 *
 * <p>Permissions are the binding's to check (the kernel does, by default_permissions).
 */
public final class VolumeVfs implements Vfs {

  private static final int PERMISSIONS = 07777;

  private final SessionNamespace namespace;
  private final FileContents contents;
  private final UnstoredWrites unstored;
  private final InodeTable inodes;
  private final Linking linking;
  private final Listing listing;
  private final Xattrs xattrs;
  private final FileLocking locking;
  private final StatusSource statusSource;
  private final AccessTimes accessTimes;
  private final Others others;
  private final Clock clock;
  private final Handles<OpenFile> files = new Handles<>();
  private final Handles<Long> directories = new Handles<>();

  VolumeVfs(
      SessionNamespace namespace,
      FileContents contents,
      UnstoredWrites unstored,
      InodeTable inodes,
      AccessTimes accessTimes,
      StatusSource statusSource,
      Others others,
      Clock clock) {
    this.namespace = namespace;
    this.contents = contents;
    this.unstored = unstored;
    this.inodes = inodes;
    this.linking = new Linking(namespace, unstored, inodes, clock);
    this.listing = new Listing(namespace, unstored, inodes);
    this.xattrs = new Xattrs(namespace, clock);
    this.locking = new FileLocking(namespace, unstored, others);
    this.accessTimes = accessTimes;
    this.statusSource = statusSource;
    this.others = others;
    this.clock = clock;
  }

  @Override
  public void serve(KernelCache kernel) {
    others.setKernel(kernel);
  }

  @Override
  public Entry lookup(Caller caller, long parent, byte[] name)
      throws VfsException, InterruptedException {
    if (Names.isDots(name)) {
      return known(
          namespace.read(view -> Inodes.attributes(view, Names.findDots(view, parent, name))));
    }
    Name wanted = Inodes.name(name);
    return known(
        namespace.read(view -> Inodes.attributes(view, Names.find(view, parent, wanted).inode())));
  }

  /** An entry for the kernel, with its lookup counted. */
  private Entry known(Attributes attributes) {
    inodes.remember(attributes.inode());
    return new Entry(unstored.withUnstored(attributes), 0, namespace.validNanos());
  }

  @Override
  public void forget(long inode, long lookups) {
    if (inodes.forget(inode, lookups)) {
      others.forgotten(inode);
    }
  }

  @Override
  public CachedAttributes getAttributes(long inode, long handle)
      throws VfsException, InterruptedException {
    InodeState state = inodes.find(inode);
    Attributes ghost = state == null ? null : state.ghost;
    if (ghost != null) {
      return new CachedAttributes(ghost, 0);
    }
    Attributes attributes = namespace.read(view -> Inodes.attributes(view, inode));
    return new CachedAttributes(unstored.withUnstored(attributes), namespace.validNanos());
  }

  @Override
  public CachedAttributes setAttributes(
      Caller caller, long inode, AttributeChange change, long handle)
      throws VfsException, InterruptedException {
    if (handle != 0) {
      requireLive(files.get(handle));
    }
    if (change.size() != null) {
      truncate(inode, change.size());
    } else if (change.mtime() != null) {
      unstored.store(inode); // a later store of older writes must not move the time that is set now
    }
    if (change.atime() != null) {
      accessTimes.forget(inode);
    }
    namespace.change(
        tx -> {
          AttributeChanges.apply(tx, inode, change, clock.nanos());
        });
    return getAttributes(inode, handle);
  }

  private void truncate(long inode, long size) throws VfsException, InterruptedException {
    InodeState state = inodes.get(inode);
    try {
      contents.truncate(state, size);
    } finally {
      inodes.release(state);
    }
  }

  @Override
  public byte[] readSymlink(long inode) throws VfsException, InterruptedException {
    Inode found = namespace.read(view -> Inodes.inode(view, inode));
    if (found.type() != FileType.SYMLINK) {
      throw new VfsException(Failure.INVALID);
    }
    accessTimes.read(inode);
    return found.target();
  }

  @Override
  public Entry makeNode(Caller caller, long parent, byte[] name, int mode, int umask, int device)
      throws VfsException, InterruptedException {
    FileType type = FileType.ofMode(mode);
    return make(
        parent,
        name,
        new NewInode(caller, type, mode & PERMISSIONS, umask, device, Inode.NO_TARGET));
  }

  @Override
  public Entry makeDirectory(Caller caller, long parent, byte[] name, int mode, int umask)
      throws VfsException, InterruptedException {
    int permissions = mode & PERMISSIONS;
    return make(
        parent,
        name,
        new NewInode(caller, FileType.DIRECTORY, permissions, umask, 0, Inode.NO_TARGET));
  }

  @Override
  public Entry makeSymlink(Caller caller, long parent, byte[] name, byte[] target)
      throws VfsException, InterruptedException {
    if (target.length > Inodes.MAX_TARGET_BYTES) {
      throw new VfsException(Failure.NAME_TOO_LONG);
    }
    return make(parent, name, new NewInode(caller, FileType.SYMLINK, 0777, 0, 0, target.clone()));
  }

  private Entry make(long parent, byte[] name, NewInode fresh)
      throws VfsException, InterruptedException {
    Name wanted = Inodes.name(name);
    return known(namespace.update(tx -> Names.create(tx, parent, wanted, fresh, clock.nanos())));
  }

  @Override
  public void unlink(Caller caller, long parent, byte[] name)
      throws VfsException, InterruptedException {
    linking.unlink(new Place(parent, Inodes.name(name)));
  }

  @Override
  public void removeDirectory(Caller caller, long parent, byte[] name)
      throws VfsException, InterruptedException {
    linking.removeDirectory(new Place(parent, Inodes.name(name)));
  }

  @Override
  public void rename(
      Caller caller, long parent, byte[] name, long newParent, byte[] newName, RenameMode mode)
      throws VfsException, InterruptedException {
    linking.rename(
        new Place(parent, Inodes.name(name)), new Place(newParent, Inodes.name(newName)), mode);
  }

  @Override
  public Entry link(Caller caller, long inode, long newParent, byte[] newName)
      throws VfsException, InterruptedException {
    return known(linking.link(inode, new Place(newParent, Inodes.name(newName))));
  }

  @Override
  public Opened open(Caller caller, long inode, OpenFlags flags)
      throws VfsException, InterruptedException {
    InodeState state = inodes.open(inode);
    boolean opened = false;
    try {
      Attributes found = living(state);
      if (found.type() == FileType.DIRECTORY) {
        throw new VfsException(Failure.IS_A_DIRECTORY);
      }
      if (flags.truncate()) {
        contents.truncate(state, 0);
        namespace.change(
            tx -> {
              tx.putInode(inode, AttributeChanges.withoutPrivileges(Inodes.inode(tx, inode)));
            });
      }
      boolean changed = others.mustForget(inode);
      Opened handle = handle(state, flags, !changed && !accessTimes.mustSee(found, flags));
      opened = true;
      return handle;
    } finally {
      if (!opened) {
        inodes.close(state);
      }
    }
  }

  /**
   * Attributes of an inode that cannot lose its last link unnoticed any more, since an opening of
   * it was counted.
   */
  private Attributes living(InodeState state) throws VfsException, InterruptedException {
    state.lock();
    try {
      Attributes found =
          unstored.withUnstored(namespace.read(view -> Inodes.attributes(view, state.inode())));
      if (found.links() == 0 && !state.orphan) {
        throw new VfsException(Failure.STALE); // others removed it, and nobody here holds it
      }
      return found;
    } finally {
      state.unlock();
    }
  }

  @Override
  public Created create(
      Caller caller, long parent, byte[] name, int mode, int umask, OpenFlags flags)
      throws VfsException, InterruptedException {
    Name wanted = Inodes.name(name);
    NewInode fresh =
        new NewInode(caller, FileType.REGULAR, mode & PERMISSIONS, umask, 0, Inode.NO_TARGET);
    while (true) {
      DirectoryEntry existing =
          flags.exclusive()
              ? null
              : namespace.<@Nullable DirectoryEntry>read(view -> view.lookup(parent, wanted));
      if (existing != null) {
        return openExisting(caller, existing.inode(), flags);
      }
      try {
        return opened(
            namespace.update(tx -> Names.create(tx, parent, wanted, fresh, clock.nanos())), flags);
      } catch (VfsException e) {
        if (flags.exclusive() || e.failure() != Failure.EXISTS) {
          throw e;
        } // else somebody else was faster: it is there to be opened
      }
    }
  }

  private Created openExisting(Caller caller, long inode, OpenFlags flags)
      throws VfsException, InterruptedException {
    Opened opened = open(caller, inode, flags);
    boolean answered = false;
    try {
      Created created =
          new Created(known(namespace.read(view -> Inodes.attributes(view, inode))), opened);
      answered = true;
      return created;
    } finally {
      if (!answered) {
        release(opened.handle(), 0);
      }
    }
  }

  @Override
  public Created createUnnamed(Caller caller, long parent, int mode, int umask, OpenFlags flags)
      throws VfsException, InterruptedException {
    NewInode fresh =
        new NewInode(caller, FileType.REGULAR, mode & PERMISSIONS, umask, 0, Inode.NO_TARGET);
    SessionId me = namespace.namespace().session();
    Attributes made =
        namespace.update(tx -> Names.createUnnamed(tx, parent, fresh, me, clock.nanos()));
    Entry entry = known(made);
    InodeState state = inodes.open(made.inode());
    state.orphan = true;
    return new Created(entry, handle(state, flags, true));
  }

  private Created opened(Attributes made, OpenFlags flags) {
    Entry entry = known(made);
    return new Created(entry, handle(inodes.open(made.inode()), flags, true));
  }

  /** A handle for a state whose opening was counted. */
  private Opened handle(InodeState state, OpenFlags flags, boolean keepCache) {
    ReadAhead readAhead = contents.newReadAhead(state.inode());
    long handle = files.add(new OpenFile(state, flags, readAhead, namespace.session()));
    // the kernel would cache what is appended where it believes the end to be
    boolean direct = flags.direct() || (flags.append() && others.shared());
    return new Opened(handle, keepCache, direct);
  }

  @Override
  public int read(long handle, long offset, ByteBuffer target)
      throws VfsException, InterruptedException {
    OpenFile file = requireLive(files.get(handle));
    return contents.read(file, offset, target);
  }

  @Override
  public boolean killPrivileges(long handle) throws VfsException, InterruptedException {
    long inode = requireLive(files.get(handle)).state.inode();
    Inode seen = namespace.read(view -> Inodes.inode(view, inode));
    if (AttributeChanges.withoutPrivileges(seen).equals(seen)) {
      return false; // as nearly always: a change would cost each small write more
    }
    namespace.change(
        tx -> tx.putInode(inode, AttributeChanges.withoutPrivileges(Inodes.inode(tx, inode))));
    return true;
  }

  @Override
  public int write(Caller caller, long handle, long offset, ByteBuffer data, WriteMode mode)
      throws VfsException, InterruptedException {
    OpenFile file = requireLive(files.get(handle));
    boolean synchronous = file.flags.sync() || file.flags.dataSync();
    if (synchronous) {
      ImpatientThread.aboutToWait();
    }
    boolean append = file.flags.append() && mode != WriteMode.PAGE_CACHE;
    int written = append ? contents.append(file, offset, data) : contents.write(file, offset, data);
    if (synchronous) {
      unstored.store(file.state.inode());
      namespace.sync(file.state.inode());
    }
    return written;
  }

  /** A handle that outlived its session is dead, so that its holder learns what was lost. */
  private OpenFile requireLive(OpenFile file) throws VfsException {
    if (file.session != namespace.session()) {
      throw new VfsException(Failure.IO);
    }
    return file;
  }

  @Override
  public void flush(long handle, long lockOwner) throws VfsException, InterruptedException {
    OpenFile file = requireLive(files.get(handle));
    try {
      if (file.flags.write()) {
        unstored.store(file.state.inode());
      }
    } finally {
      locking.closed(file, lockOwner);
    }
    file.reportFailures();
  }

  @Override
  public void release(long handle, long lockOwner) {
    OpenFile file;
    try {
      file = files.remove(handle);
    } catch (VfsException e) {
      return; // released twice: a fault of the binding that harms nothing
    }
    locking.released(file);
    unstored.released(file);
  }

  @Override
  public void fsync(long handle, boolean dataOnly) throws VfsException, InterruptedException {
    OpenFile file = requireLive(files.get(handle));
    unstored.store(file.state.inode());
    if (!dataOnly) {
      accessTimes.store(file.state.inode());
    }
    namespace.sync(file.state.inode());
    file.reportFailures();
  }

  @Override
  public Opened openDirectory(Caller caller, long inode) throws VfsException, InterruptedException {
    namespace.read(view -> Inodes.directory(view, inode));
    return new Opened(directories.add(inode), false, false);
  }

  @Override
  public void readDirectory(long handle, long cookie, boolean plus, DirectorySink sink)
      throws VfsException, InterruptedException {
    long directory = directories.get(handle);
    accessTimes.listed(directory);
    listing.list(directory, cookie, plus, sink);
  }

  @Override
  public void releaseDirectory(long handle) {
    try {
      directories.remove(handle);
    } catch (VfsException e) {
      return; // released twice: a fault of the binding that harms nothing
    }
  }

  @Override
  public void fsyncDirectory(long handle, boolean dataOnly)
      throws VfsException, InterruptedException {
    namespace.sync(directories.get(handle));
  }

  @Override
  public void syncAll() throws VfsException, InterruptedException {
    unstored.storeAll();
    accessTimes.storeAll();
    namespace.syncAll();
  }

  @Override
  public FileSystemStatus status() throws VfsException, InterruptedException {
    Usage usage = namespace.usage();
    return statusSource.status(usage).within(namespace.quota(), usage);
  }

  @Override
  public void setXattr(
      Caller caller, long inode, String name, byte[] value, XattrMode mode, boolean killSetGroupId)
      throws VfsException, InterruptedException {
    xattrs.set(inode, name, value, mode, killSetGroupId);
  }

  @Override
  public byte[] getXattr(Caller caller, long inode, String name)
      throws VfsException, InterruptedException {
    return xattrs.get(inode, name);
  }

  @Override
  public List<String> listXattrs(Caller caller, long inode)
      throws VfsException, InterruptedException {
    return xattrs.list(inode);
  }

  @Override
  public void removeXattr(Caller caller, long inode, String name)
      throws VfsException, InterruptedException {
    xattrs.remove(inode, name);
  }

  @Override
  public void access(Caller caller, long inode, int mask)
      throws VfsException, InterruptedException {
    namespace.read(view -> Inodes.inode(view, inode));
  }

  @Override
  public void allocate(long handle, AllocateMode mode, long offset, long length)
      throws VfsException, InterruptedException {
    OpenFile file = requireLive(files.get(handle));
    if (mode != AllocateMode.PUNCH_HOLE) {
      requireRoom(file.state.inode(), length);
    }
    contents.allocate(file.state, mode, offset, length);
  }

  /**
   * A promise of room that is not there would be broken later, by a write. What a quota allows is
   * said by the transaction.
   */
  private void requireRoom(long inode, long bytes) throws VfsException, InterruptedException {
    FileSystemStatus status = statusSource.status(namespace.usage());
    long available = status.available() * status.blockSize();
    if (bytes > available + namespace.read(view -> Inodes.times(view, inode).allocated())) {
      throw new VfsException(Failure.NO_SPACE);
    }
  }

  @Override
  public long seek(long handle, long offset, boolean hole)
      throws VfsException, InterruptedException {
    OpenFile file = requireLive(files.get(handle));
    return contents.seek(file.state, offset, hole);
  }

  @Override
  public long copyRange(
      Caller caller, long from, long fromOffset, long to, long toOffset, long length)
      throws VfsException, InterruptedException {
    OpenFile source = requireLive(files.get(from));
    OpenFile target = requireLive(files.get(to));
    return contents.copyRange(source.state, fromOffset, target.state, toOffset, length);
  }

  @Override
  public @Nullable Lock getLock(long handle, Lock lock) throws VfsException, InterruptedException {
    return locking.get(requireLive(files.get(handle)), lock);
  }

  @Override
  public void setLock(long handle, Lock lock, boolean flock, boolean wait)
      throws VfsException, InterruptedException {
    locking.set(requireLive(files.get(handle)), lock, flock, wait);
  }
}
