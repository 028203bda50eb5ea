package io.cairnfs.client.vfs;

import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.content.Content;
import io.cairnfs.client.content.DirtyFile;
import io.cairnfs.client.content.ReadAhead;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.namespace.InodeTimes;
import io.cairnfs.client.namespace.TimesChange;
import io.cairnfs.client.namespace.Transaction;
import io.cairnfs.client.tidy.TouchedFiles;
import io.cairnfs.client.wait.ImpatientThread;
import io.cairnfs.client.wait.WouldBlockException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The bytes of files: joins what is dirty in memory with the extents that the namespace has.
 * Thread-safe.
 *
 * <p>A write goes to the inode's {@link DirtyFile}; a <em>store</em> moves all of that into the
 * namespace as one transaction, under the inode's lock.
 */
final class FileContents {

  /**
   * Linux's MAX_LFS_FILESIZE would allow more; extents are addressed by a long with room to add.
   */
  static final long MAX_FILE_BYTES = 1L << 53;

  /** In the place of an offset: the end of the file, wherever that is by then. */
  private static final long AT_END = -1;

  /**
   * Extents of a file that go into the namespace together, so that while others share the volume a
   * large file costs few transactions.
   */
  private static final int MAX_PASSED_ON = 512;

  /** How often a read that races with stores looks again before it takes the lock. */
  private static final int OPTIMISTIC_READS = 3;

  private final SessionNamespace namespace;
  private final Content content;
  private final InodeTable inodes;
  private final Orphans orphans;
  private final TouchedFiles touched;
  private final AccessTimes accessTimes;
  private final Others others;
  private final Clock clock;

  FileContents(
      SessionNamespace namespace,
      Content content,
      InodeTable inodes,
      Orphans orphans,
      TouchedFiles touched,
      AccessTimes accessTimes,
      Others others,
      Clock clock) {
    this.namespace = namespace;
    this.content = content;
    this.inodes = inodes;
    this.orphans = orphans;
    this.touched = touched;
    this.accessTimes = accessTimes;
    this.others = others;
    this.clock = clock;
  }

  ReadAhead newReadAhead(long inode) {
    return content.newReadAhead(
        (from, to) -> namespace.namespace().read(view -> view.extents(inode, from, to)));
  }

  /** An inode's attributes with what was done to its content and is not in the namespace yet. */
  Attributes withUnstored(Attributes inNamespace) {
    Attributes stored = accessTimes.withUnstored(inNamespace);
    InodeState state = inodes.find(stored.inode());
    if (state == null || !state.isDirty()) {
      return stored;
    }
    long modified = Math.max(state.modifiedNanos, stored.mtimeNanos());
    return new Attributes(
        stored.inode(),
        stored.type(),
        stored.permissions(),
        stored.links(),
        stored.uid(),
        stored.gid(),
        stored.device(),
        Math.max(state.size, stored.size()),
        Math.max(stored.blocks(), Math.ceilDiv(state.size, 512)),
        stored.atimeNanos(),
        modified,
        Math.max(state.modifiedNanos, stored.ctimeNanos()),
        stored.birthNanos());
  }

  int read(OpenFile file, long offset, ByteBuffer target)
      throws VfsException, InterruptedException {
    int start = target.position();
    int end = target.limit();
    for (int tries = 0; tries < OPTIMISTIC_READS; tries++) {
      long moves = file.state.moves.stamp();
      if (moves != Moves.UNDER_WAY) {
        readNow(file, offset, target);
        if (file.state.moves.stamp() == moves) {
          return target.position() - start;
        }
        target.limit(end).position(start);
      }
    }
    file.state.lock();
    try {
      readNow(file, offset, target);
      return target.position() - start;
    } finally {
      file.state.unlock();
    }
  }

  private record Found(InodeTimes times, List<FileExtent> extents) {}

  private void readNow(OpenFile file, long offset, ByteBuffer target)
      throws VfsException, InterruptedException {
    long inode = file.state.inode();
    int wanted = target.remaining();
    Found found =
        namespace.read(
            view ->
                new Found(Inodes.times(view, inode), view.extents(inode, offset, offset + wanted)));
    DirtyFile dirty = file.state.dirty;
    long stored = found.times().size();
    long size = dirty == null ? stored : Math.max(stored, file.state.size);
    int length = Math.clamp(size - offset, 0, wanted);
    if (length == 0) {
      return;
    }
    target.limit(target.position() + length);
    try {
      content.read(found.extents(), dirty, offset, target, file.readAhead);
      if (!file.flags.keepAccessTime()) {
        accessTimes.read(
            inode, found.times(), dirty == null ? Long.MIN_VALUE : file.state.modifiedNanos);
      }
    } catch (BlockException e) {
      throw failure(e);
    }
  }

  /**
   * Writes to the end of a file. While others share the volume, that is where it is when the write
   * is committed.
   *
   * @param seenOffset where the kernel believes the end to be
   */
  int append(OpenFile file, long seenOffset, ByteBuffer data)
      throws VfsException, InterruptedException {
    if (!others.shared() || !data.hasRemaining()) {
      return write(file, AT_END, data);
    }
    ImpatientThread.aboutToWait();
    int length = data.remaining();
    reserve(length);
    DirtyFile appended = content.newDirtyFile();
    appended.write(0, data);
    try {
      long offset = append(file.state, appended, length);
      if (offset != seenOffset) {
        others.changed(file.state.inode());
      }
      return length;
    } finally {
      appended.discard();
    }
  }

  private long append(InodeState state, DirtyFile appended, int length)
      throws VfsException, InterruptedException {
    state.lock();
    try {
      storeHeld(state);
      long inode = state.inode();
      List<FileExtent> extents = appended.flush();
      long offset =
          namespace.update(
              tx -> {
                long end = Inodes.times(tx, inode).size();
                if (end > MAX_FILE_BYTES - length) {
                  throw new VfsException(Failure.FILE_TOO_LARGE);
                }
                for (FileExtent extent : extents) {
                  tx.putExtent(inode, end + extent.offset(), extent.extent());
                }
                tx.changeTimes(
                    inode, TimesChange.modified(clock.nanos()).raisingSize(end + length));
                tx.contentOf(inode);
                return end;
              });
      touched.stored(inode, extents);
      appended.flushed();
      return offset;
    } finally {
      state.unlock();
    }
  }

  int write(OpenFile file, long requestedOffset, ByteBuffer data)
      throws VfsException, InterruptedException {
    int length = data.remaining();
    if (length == 0) {
      return 0;
    }
    if (requestedOffset > MAX_FILE_BYTES - length) {
      throw new VfsException(Failure.FILE_TOO_LARGE);
    }
    reserve(length);
    boolean written = false;
    InodeState state = file.state;
    try {
      state.lock();
      try {
        setAside(state, roomFor(file, requestedOffset, length));
        DirtyFile dirty = startDirty(state);
        long offset = requestedOffset == AT_END ? state.size : requestedOffset;
        dirty.write(offset, data);
        written = true;
        state.size = Math.max(state.size, offset + length);
        state.modifiedNanos = clock.nanos();
        if (dirty.wantsFlush()) {
          storeSoon(state);
        }
      } finally {
        state.unlock();
      }
    } finally {
      if (!written) {
        content.release(length);
      }
    }
    return length;
  }

  /**
   * Reserves quota for a write: for all of it, or where there is not so much, for what it adds
   * beyond what it replaces. By the holder of the inode's lock.
   */
  private long roomFor(OpenFile file, long requestedOffset, int length)
      throws VfsException, InterruptedException {
    try {
      namespace.reserve(length);
      return length;
    } catch (VfsException e) {
      if (e.failure() != Failure.OVER_QUOTA) {
        throw e;
      }
    }
    storeHeld(file.state);
    long added =
        namespace.read(
            view -> {
              long inode = file.state.inode();
              long offset =
                  requestedOffset == AT_END ? Inodes.times(view, inode).size() : requestedOffset;
              return length - covered(view.extents(inode, offset, offset + length), offset, length);
            });
    namespace.reserve(added);
    return added;
  }

  /** How many bytes of a range extents cover. */
  private static long covered(List<FileExtent> extents, long offset, int length) {
    long sum = 0;
    for (FileExtent extent : extents) {
      sum += Math.min(extent.end(), offset + length) - Math.max(extent.offset(), offset);
    }
    return sum;
  }

  /** Notes what is reserved for what is dirty. */
  private void setAside(InodeState state, long bytes) {
    long session = namespace.session();
    state.reserved = bytes + (state.reservedIn == session ? state.reserved : 0);
    state.reservedIn = session;
  }

  /** Gives back what is reserved: nothing is dirty any more. */
  private void giveBack(InodeState state) {
    namespace.release(state.reservedIn, state.reserved);
    state.reserved = 0;
  }

  private void reserve(long bytes) throws VfsException, InterruptedException {
    try {
      content.reserve(bytes);
    } catch (BlockException e) {
      throw failure(e);
    }
  }

  private DirtyFile startDirty(InodeState state) throws VfsException, InterruptedException {
    DirtyFile dirty = state.dirty;
    if (dirty == null) {
      state.size = namespace.read(view -> Inodes.times(view, state.inode())).size();
      state.modifiedNanos = clock.nanos();
      state.dirtySinceNanos = System.nanoTime();
      dirty = content.newDirtyFile();
      state.dirty = dirty;
    }
    return dirty;
  }

  /**
   * Stores now if that needs no waiting, else in the background: the write itself is done and must
   * not run again.
   */
  private void storeSoon(InodeState state) throws InterruptedException {
    if (others.shared()) {
      passOn(state);
      return;
    }
    try {
      storeHeld(state);
    } catch (WouldBlockException e) {
      inBackground(state.inode());
    } catch (VfsException e) {
      state.fail(e);
    }
  }

  /** Sends what was written on its way, and stores it later, with more. */
  private void passOn(InodeState state) {
    DirtyFile dirty = state.dirty;
    if (dirty != null) {
      state.moves.begin();
      List<FileExtent> flushing = dirty.flush();
      state.moves.end();
      if (flushing.size() >= MAX_PASSED_ON) {
        inBackground(state.inode());
      }
    }
  }

  private void inBackground(long inode) {
    Thread.ofVirtual()
        .name("cairn-store-" + inode)
        .start(
            () -> {
              InodeState state = inodes.find(inode);
              if (state != null) {
                storeInBackground(state);
              }
            });
  }

  /** Stores; what goes wrong is for the file's handles to report. */
  private void storeInBackground(InodeState state) {
    try {
      store(state.inode());
    } catch (VfsException e) {
      state.fail(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Moves what was written to an inode into the namespace. */
  void store(long inode) throws VfsException, InterruptedException {
    InodeState state = inodes.find(inode);
    if (state == null || !state.isDirty()) {
      return;
    }
    state.lock();
    try {
      storeHeld(state);
    } finally {
      state.unlock();
    }
    inodes.tidy(state);
  }

  /** As {@link #store}, by the holder of the inode's lock. May run again after it failed. */
  void storeHeld(InodeState state) throws VfsException, InterruptedException {
    DirtyFile dirty = state.dirty;
    if (dirty == null) {
      return;
    }
    state.moves.begin();
    List<FileExtent> extents;
    try {
      extents = dirty.flush();
    } finally {
      state.moves.end();
    }
    long inode = state.inode();
    long end = dirty.dirtyEnd(); // others may have shortened the file meanwhile
    namespace.change(
        tx -> {
          put(tx, inode, extents);
          tx.changeTimes(inode, TimesChange.modified(state.modifiedNanos).raisingSize(end));
          tx.contentOf(inode);
          tx.accepted();
        });
    touched.stored(inode, extents);
    giveBack(state);
    state.moves.begin();
    dirty.flushed();
    state.dirty = null;
    state.moves.end();
  }

  private static void put(Transaction tx, long inode, List<FileExtent> extents)
      throws VfsException {
    Inodes.inode(tx, inode);
    for (FileExtent extent : extents) {
      tx.putExtent(inode, extent.offset(), extent.extent());
    }
  }

  /** Stores every dirty file; the first failure is thrown when all were tried. */
  void storeAll() throws VfsException, InterruptedException {
    VfsException first = null;
    for (InodeState state : inodes.all()) {
      try {
        store(state.inode());
      } catch (VfsException e) {
        state.fail(e);
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /**
   * Stores, in the background, files that were dirtied before a time of {@link System#nanoTime}.
   */
  void storeOlderThan(long nanoTime) {
    for (InodeState state : inodes.all()) {
      if (state.isDirty() && state.dirtySinceNanos - nanoTime < 0) {
        storeInBackground(state);
      }
    }
  }

  /** Sets a file's length. */
  void truncate(InodeState state, long size) throws VfsException, InterruptedException {
    if (size > MAX_FILE_BYTES) {
      throw new VfsException(Failure.FILE_TOO_LARGE);
    }
    state.lock();
    try {
      if (size > 0) {
        storeHeld(state);
      }
      long inode = state.inode();
      namespace.change(
          tx -> {
            InodeTimes times = Inodes.times(tx, inode);
            if (size < times.size()) {
              tx.clearExtents(inode, size, Long.MAX_VALUE);
            }
            tx.changeTimes(inode, TimesChange.modified(clock.nanos()).settingSize(size));
            tx.contentOf(inode);
          });
      discard(state);
    } finally {
      state.unlock();
    }
  }

  /**
   * Forgets what was written to a file whose content is gone. By the holder of the inode's lock.
   */
  void discard(InodeState state) {
    DirtyFile dirty = state.dirty;
    if (dirty != null) {
      state.moves.begin();
      dirty.discard();
      state.dirty = null;
      state.moves.end();
      giveBack(state);
    }
  }

  void allocate(InodeState state, Vfs.AllocateMode mode, long offset, long length)
      throws VfsException, InterruptedException {
    if (offset < 0 || length <= 0) {
      throw new VfsException(Failure.INVALID);
    }
    if (offset > MAX_FILE_BYTES - length) {
      throw new VfsException(Failure.FILE_TOO_LARGE);
    }
    state.lock();
    try {
      storeHeld(state);
      long end = offset + length;
      long at = offset;
      while (at < end) {
        long from = at;
        at =
            namespace.update(
                tx -> Allocation.apply(tx, state.inode(), mode, from, end - from, clock.nanos()));
      }
    } finally {
      state.unlock();
    }
  }

  long seek(InodeState state, long offset, boolean hole) throws VfsException, InterruptedException {
    store(state.inode());
    return namespace.read(view -> Allocation.seek(view, state.inode(), offset, hole));
  }

  /** Copies extents, not bytes; as many as one transaction holds. */
  long copyRange(InodeState from, long fromOffset, InodeState to, long toOffset, long length)
      throws VfsException, InterruptedException {
    if (toOffset > MAX_FILE_BYTES - length) {
      throw new VfsException(Failure.FILE_TOO_LARGE);
    }
    store(from.inode());
    to.lock();
    try {
      storeHeld(to);
      return namespace.update(
          tx ->
              Allocation.copy(
                  tx, from.inode(), fromOffset, to.inode(), toOffset, length, clock.nanos()));
    } finally {
      to.unlock();
    }
  }

  /** A handle is gone: the last one of an inode without names takes it along. */
  void released(OpenFile file) {
    InodeState state = file.state;
    int left = inodes.close(state);
    if (left == 0 && state.orphan) {
      reap(state);
    } else if (left == 0 && state.isDirty()) {
      inBackground(state.inode());
    }
  }

  /** Removes an inode without names that nobody has open any more. */
  void reap(InodeState state) {
    discard(state);
    orphans.reapSoon(state.inode());
  }

  static VfsException failure(BlockException e) {
    Failure failure =
        switch (e.reason()) {
          case UNAVAILABLE, NOT_FOUND -> Failure.IO;
          case NO_SPACE -> Failure.NO_SPACE;
        };
    return new VfsException(failure, e.getMessage(), e);
  }

  /** Forgets what was not stored: the session is dead. Returns how many files lost something. */
  int abandon() {
    int lost = 0;
    for (InodeState state : inodes.all()) {
      if (state.isDirty()) {
        discard(state);
        state.fail(new VfsException(Failure.IO));
        lost++;
      }
    }
    return lost;
  }
}
