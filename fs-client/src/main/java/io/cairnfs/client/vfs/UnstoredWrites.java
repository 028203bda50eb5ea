package io.cairnfs.client.vfs;

import io.cairnfs.client.content.Content;
import io.cairnfs.client.content.DirtyFile;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.namespace.TimesChange;
import io.cairnfs.client.namespace.Transaction;
import io.cairnfs.client.tidy.TouchedFiles;
import io.cairnfs.client.wait.WouldBlockException;
import java.util.List;

/**
 * What was written to files and is not in the namespace yet. A <em>store</em> moves all of an
 * inode's {@link DirtyFile} there as one transaction, under the inode's lock. Thread-safe.
 */
final class UnstoredWrites {

  /**
   * Extents of a file that go into the namespace together, so that while others share the volume a
   * large file costs few transactions.
   */
  private static final int MAX_PASSED_ON = 512;

  private final SessionNamespace namespace;
  private final Content content;
  private final InodeTable inodes;
  private final Orphans orphans;
  private final TouchedFiles touched;
  private final AccessTimes accessTimes;
  private final Others others;
  private final Clock clock;

  UnstoredWrites(
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

  /** What a write goes to. By the holder of the inode's lock. */
  DirtyFile begin(InodeState state) throws VfsException, InterruptedException {
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

  /** Notes what is reserved for what is dirty. */
  void setAside(InodeState state, long bytes) {
    long session = namespace.session();
    state.reserved = bytes + (state.reservedIn == session ? state.reserved : 0);
    state.reservedIn = session;
  }

  /** Gives back what is reserved: nothing is dirty any more. */
  private void giveBack(InodeState state) {
    namespace.release(state.reservedIn, state.reserved);
    state.reserved = 0;
  }

  /**
   * Stores now if that needs no waiting, else in the background: the write itself is done and must
   * not run again.
   */
  void storeSoon(InodeState state) throws InterruptedException {
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
