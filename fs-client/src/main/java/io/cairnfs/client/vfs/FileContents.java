package io.cairnfs.client.vfs;

import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.content.Content;
import io.cairnfs.client.content.DirtyFile;
import io.cairnfs.client.content.ReadAhead;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.namespace.InodeTimes;
import io.cairnfs.client.namespace.TimesChange;
import io.cairnfs.client.tidy.TouchedFiles;
import io.cairnfs.client.wait.ImpatientThread;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The bytes of files: joins what is dirty in memory with the extents that the namespace has.
 * Thread-safe.
 *
 * <p>A write goes to the inode's {@link DirtyFile}, which {@link UnstoredWrites} moves into the
 * namespace.
 */
final class FileContents {

  /**
   * Linux's MAX_LFS_FILESIZE would allow more; extents are addressed by a long with room to add.
   */
  static final long MAX_FILE_BYTES = 1L << 53;

  /** In the place of an offset: the end of the file, wherever that is by then. */
  private static final long AT_END = -1;

  /** How often a read that races with stores looks again before it takes the lock. */
  private static final int OPTIMISTIC_READS = 3;

  private final SessionNamespace namespace;
  private final Content content;
  private final UnstoredWrites unstored;
  private final TouchedFiles touched;
  private final AccessTimes accessTimes;
  private final Others others;
  private final Clock clock;

  FileContents(
      SessionNamespace namespace,
      Content content,
      UnstoredWrites unstored,
      TouchedFiles touched,
      AccessTimes accessTimes,
      Others others,
      Clock clock) {
    this.namespace = namespace;
    this.content = content;
    this.unstored = unstored;
    this.touched = touched;
    this.accessTimes = accessTimes;
    this.others = others;
    this.clock = clock;
  }

  ReadAhead newReadAhead(long inode) {
    return content.newReadAhead(
        (from, to) -> namespace.namespace().read(view -> view.extents(inode, from, to)));
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
        others.misplaced(file.state.inode());
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
      unstored.storeHeld(state);
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
        unstored.setAside(state, roomFor(file, requestedOffset, length));
        DirtyFile dirty = unstored.begin(state);
        long offset = requestedOffset == AT_END ? state.size : requestedOffset;
        dirty.write(offset, data);
        written = true;
        state.size = Math.max(state.size, offset + length);
        state.modifiedNanos = clock.nanos();
        if (dirty.wantsFlush()) {
          unstored.storeSoon(state);
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
    unstored.storeHeld(file.state);
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

  private void reserve(long bytes) throws VfsException, InterruptedException {
    try {
      content.reserve(bytes);
    } catch (BlockException e) {
      throw failure(e);
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
        unstored.storeHeld(state);
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
      unstored.discard(state);
    } finally {
      state.unlock();
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
      unstored.storeHeld(state);
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
    unstored.store(state.inode());
    return namespace.read(view -> Allocation.seek(view, state.inode(), offset, hole));
  }

  /** Copies extents, not bytes; as many as one transaction holds. */
  long copyRange(InodeState from, long fromOffset, InodeState to, long toOffset, long length)
      throws VfsException, InterruptedException {
    if (toOffset > MAX_FILE_BYTES - length) {
      throw new VfsException(Failure.FILE_TOO_LARGE);
    }
    unstored.store(from.inode());
    to.lock();
    try {
      unstored.storeHeld(to);
      return namespace.update(
          tx ->
              Allocation.copy(
                  tx, from.inode(), fromOffset, to.inode(), toOffset, length, clock.nanos()));
    } finally {
      to.unlock();
    }
  }

  static VfsException failure(BlockException e) {
    Failure failure =
        switch (e.reason()) {
          case UNAVAILABLE, NOT_FOUND -> Failure.IO;
          case NO_SPACE -> Failure.NO_SPACE;
        };
    return new VfsException(failure, e.getMessage(), e);
  }
}
