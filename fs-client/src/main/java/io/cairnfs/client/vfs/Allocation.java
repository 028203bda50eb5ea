package io.cairnfs.client.vfs;

import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.namespace.InodeTimes;
import io.cairnfs.client.namespace.NamespaceView;
import io.cairnfs.client.namespace.TimesChange;
import io.cairnfs.client.namespace.Transaction;
import java.util.List;

/**
 * Operations on extents as such: fallocate(2), lseek(2) for holes, copy_file_range(2). Stateless.
 */
final class Allocation {

  private Allocation() {}

  static void apply(
      Transaction tx, long inode, Vfs.AllocateMode mode, long offset, long length, long now)
      throws VfsException {
    long size = Inodes.times(tx, inode).size();
    long end = offset + length;
    TimesChange change = TimesChange.modified(now);
    switch (mode) {
      case ALLOCATE -> {
        fillHoles(tx, inode, offset, end);
        change = change.raisingSize(end);
      }
      case ALLOCATE_KEEP_SIZE -> fillHoles(tx, inode, offset, Math.min(end, size));
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
  }

  private static void fillHoles(Transaction tx, long inode, long from, long to) {
    long at = from;
    for (FileExtent extent : tx.extents(inode, from, to)) {
      if (extent.offset() > at) {
        tx.putExtent(inode, at, new Extent.Zeros(extent.offset() - at));
      }
      at = Math.max(at, extent.end());
    }
    if (at < to) {
      tx.putExtent(inode, at, new Extent.Zeros(to - at));
    }
  }

  /** The next data, or hole, at or after an offset; the end of the file is a hole. */
  static long seek(NamespaceView view, long inode, long offset, boolean hole) throws VfsException {
    InodeTimes times = Inodes.times(view, inode);
    if (offset < 0 || offset >= times.size()) {
      throw new VfsException(Failure.NO_SUCH_DEVICE_OR_ADDRESS);
    }
    long at = offset;
    for (FileExtent extent : view.extents(inode, offset, times.size())) {
      if (extent.extent() instanceof Extent.Zeros) {
        continue;
      }
      if (hole && extent.offset() > at) {
        return at;
      }
      if (!hole) {
        return Math.max(extent.offset(), offset);
      }
      at = extent.end();
    }
    if (!hole) {
      throw new VfsException(Failure.NO_SUCH_DEVICE_OR_ADDRESS);
    }
    return Math.min(at, times.size());
  }

  /**
   * Lets a range of one file point to what a range of another does; returns how many bytes that
   * were.
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
    List<FileExtent> sources = tx.extents(from, fromOffset, end);
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
