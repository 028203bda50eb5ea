package io.cairnfs.client.vfs;

import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.namespace.NamespaceView;
import io.cairnfs.client.namespace.TimesChange;
import io.cairnfs.client.namespace.Transaction;
import java.util.List;

/**
 * Operations on extents as such: fallocate(2), lseek(2) for holes, copy_file_range(2). Stateless.
 */
final class Allocation {

  /**
   * Extents that one transaction deals with: even when each is of a block of its own, with all that
   * verifies its parts, they stay below {@link io.cairnfs.protocol.head.HeadLimits#MAX_BODY_BYTES}.
   */
  static final int MAX_EXTENTS = 1024;

  /** The smallest hole that {@link #seek} tells of: a page. */
  private static final int SEEK_BLOCK_BYTES = 4096;

  private Allocation() {}

  /**
   * Does an operation, or its beginning where that is all that fits a transaction.
   *
   * @return where to go on; the end of the range once all is done
   */
  static long apply(
      Transaction tx, long inode, Vfs.AllocateMode mode, long offset, long length, long now)
      throws VfsException {
    long size = Inodes.times(tx, inode).size();
    long end = offset + length;
    long done = end;
    TimesChange change = TimesChange.modified(now);
    switch (mode) {
      case ALLOCATE -> {
        done = fillHoles(tx, inode, offset, end);
        change = change.raisingSize(done);
      }
      case ALLOCATE_KEEP_SIZE -> {
        long kept = Math.min(end, size);
        long filled = fillHoles(tx, inode, offset, kept);
        done = filled < kept ? filled : end;
      }
      case PUNCH_HOLE -> tx.clearExtents(inode, offset, end);
      case ZERO_RANGE -> {
        tx.putExtent(inode, offset, new Extent.Zeros(length));
        change = change.raisingSize(end);
      }
      case ZERO_RANGE_KEEP_SIZE -> {
        if (offset < size) {
          tx.putExtent(inode, offset, new Extent.Zeros(Math.min(end, size) - offset));
        }
      }
    }
    tx.changeTimes(inode, change);
    tx.contentOf(inode);
    return done;
  }

  /** Returns up to where there are no holes now. */
  private static long fillHoles(Transaction tx, long inode, long from, long to) {
    long at = from;
    List<FileExtent> extents = tx.extents(inode, from, to, MAX_EXTENTS);
    for (FileExtent extent : extents) {
      if (extent.offset() > at) {
        tx.putExtent(inode, at, new Extent.Zeros(extent.offset() - at));
      }
      at = Math.max(at, extent.end());
    }
    if (extents.size() == MAX_EXTENTS && at < to) {
      return at;
    }
    if (at < to) {
      tx.putExtent(inode, at, new Extent.Zeros(to - at));
    }
    return to;
  }

  /**
   * The next data, or hole, at or after an offset; the end of the file is a hole. As on a local
   * file system, a block with any data is data to its end: programs count on that, and smaller
   * holes are not worth a call.
   */
  static long seek(NamespaceView view, long inode, long offset, boolean hole) throws VfsException {
    long size = Inodes.times(view, inode).size();
    if (offset < 0 || offset >= size) {
      throw new VfsException(Failure.NO_SUCH_DEVICE_OR_ADDRESS);
    }
    long at = blockOf(offset);
    long from = at;
    List<FileExtent> page;
    do {
      page = view.extents(inode, from, size, MAX_EXTENTS);
      for (FileExtent extent : page) {
        from = extent.end();
        if (extent.extent() instanceof Extent.Zeros) {
          continue;
        }
        if (!hole) {
          return Math.max(blockOf(extent.offset()), offset);
        }
        if (blockOf(extent.offset()) > at) {
          return Math.max(at, offset);
        }
        at = blockOf(extent.end() + SEEK_BLOCK_BYTES - 1);
      }
    } while (page.size() == MAX_EXTENTS);
    if (!hole) {
      throw new VfsException(Failure.NO_SUCH_DEVICE_OR_ADDRESS);
    }
    return Math.clamp(at, offset, size);
  }

  /** Where the block begins that a position is in. */
  private static long blockOf(long position) {
    return position - position % SEEK_BLOCK_BYTES;
  }

  /**
   * Lets a range of one file point to what a range of another does, or the beginning of it where
   * that is all that fits a transaction; returns how many bytes that were.
   */
  static long copy(
      Transaction tx, long from, long fromOffset, long to, long toOffset, long length, long now)
      throws VfsException {
    Inodes.inode(tx, to);
    long end = Math.min(fromOffset + length, Inodes.times(tx, from).size());
    long count = end - fromOffset;
    if (count <= 0) {
      return 0;
    }
    if (from == to && toOffset < end && fromOffset < toOffset + count) {
      throw new VfsException(Failure.INVALID);
    }
    List<FileExtent> sources = tx.extents(from, fromOffset, end, MAX_EXTENTS);
    if (sources.size() == MAX_EXTENTS && sources.getLast().end() < end) {
      end = sources.getLast().end();
      count = end - fromOffset;
    }
    tx.clearExtents(to, toOffset, toOffset + count);
    for (FileExtent source : sources) {
      long low = Math.max(source.offset(), fromOffset);
      long high = Math.min(source.end(), end);
      Extent part = source.extent().slice(low - source.offset(), high - source.offset());
      tx.putExtent(to, toOffset + (low - fromOffset), part);
    }
    tx.changeTimes(to, TimesChange.modified(now).raisingSize(toOffset + count));
    tx.contentOf(to);
    return count;
  }
}
