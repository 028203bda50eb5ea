package io.cairnfs.client.namespace;

import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.protocol.head.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Mutations applied on top of a map, into a layer of their own: what a transaction and the replay
 * of a delta have in common, so that both lead to the same state. Nothing below is touched; a
 * missing block leaves no trace once this is dropped. Not thread-safe.
 */
final class Changes {

  private final Layer layer = new Layer();
  private final LayeredMap map;
  private long usedBytes;
  private long usedInodes;

  Changes(LayeredMap below) {
    map = below.under(layer);
  }

  /** The map with the changes. */
  LayeredMap map() {
    return map;
  }

  /** The changes alone. */
  Layer layer() {
    return layer;
  }

  /** By how much the volume's usage changes. */
  Usage usage() {
    return new Usage(usedBytes, usedInodes);
  }

  void apply(Mutation mutation) {
    switch (mutation) {
      case Mutation.Put put -> put(put.key(), put.value());
      case Mutation.Delete delete -> put(delete.key(), Value.Absent.ABSENT);
      case Mutation.ClearXattrs clear ->
          layer.clear(Key.xattr(clear.inode(), new byte[0]), Key.inode(clear.inode() + 1));
      case Mutation.PutExtent put -> putExtent(put.inode(), put.offset(), put.extent());
      case Mutation.ClearExtents clear -> clearExtents(clear.inode(), clear.from(), clear.to());
      case Mutation.ChangeTimes change -> changeTimes(change.inode(), change.change());
    }
  }

  private void put(Key key, Value value) {
    if (key.kind() == Key.INODE) {
      usedInodes += (value == Value.Absent.ABSENT ? 0 : 1) - (map.get(key) == null ? 0 : 1);
    } else if (key.kind() == Key.TIMES) {
      usedBytes += allocated(value) - allocated(map.get(key));
    }
    layer.put(key, value);
  }

  private static long allocated(@Nullable Value times) {
    return times instanceof InodeTimes present ? present.allocated() : 0;
  }

  private void changeTimes(long inode, TimesChange change) {
    Key key = Key.times(inode);
    if (map.get(key) instanceof InodeTimes times) {
      layer.put(key, change.applyTo(times));
    }
  }

  private void putExtent(long inode, long offset, Extent extent) {
    long end = offset + extent.length();
    FileExtent before = null;
    FileExtent after = null;
    long removed = 0;
    for (FileExtent old :
        overlapping(inode, Math.max(0, offset - 1), end == Long.MAX_VALUE ? end : end + 1)) {
      if (old.end() == offset) {
        before = old;
      } else if (old.offset() == end) {
        after = old;
      } else {
        removed += cut(inode, old, offset, end);
      }
    }
    long start = offset;
    Extent merged = extent;
    Extent withBefore = before == null ? null : join(before.extent(), merged);
    if (before != null && withBefore != null) {
      start = before.offset();
      merged = withBefore;
    }
    Extent withAfter = after == null ? null : join(merged, after.extent());
    if (after != null && withAfter != null) {
      layer.put(Key.extent(inode, after.offset()), Value.Absent.ABSENT);
      merged = withAfter;
    }
    layer.put(Key.extent(inode, start), new Value.Content(merged));
    addAllocated(inode, extent.length() - removed);
  }

  /**
   * One extent for two that follow each other in the file, if they continue each other; else null.
   */
  private static @Nullable Extent join(Extent first, Extent second) {
    if (first instanceof Extent.InBlock one && second instanceof Extent.InBlock other) {
      return one.join(other);
    }
    if (first instanceof Extent.Zeros && second instanceof Extent.Zeros) {
      return new Extent.Zeros(first.length() + second.length());
    }
    return null;
  }

  private void clearExtents(long inode, long from, long to) {
    if (from == 0 && to == Long.MAX_VALUE) {
      // All of it: nothing needs to be read, however long the file.
      clearRange(inode, from, to);
      InodeTimes times = times(inode);
      addAllocated(inode, times == null ? 0 : -times.allocated());
      return;
    }
    InodeTimes times = times(inode);
    long removed;
    if (to == Long.MAX_VALUE && times != null && times.size() - from > from) {
      removed = times.allocated() - allocatedBefore(inode, from); // the shorter part is counted
    } else if (times == null) {
      removed = 0;
    } else {
      removed = allocatedWithin(inode, from, to);
    }
    trimEdges(inode, from, to);
    clearRange(inode, from, to);
    addAllocated(inode, -removed);
  }

  private @Nullable InodeTimes times(long inode) {
    return (InodeTimes) map.get(Key.times(inode));
  }

  private void clearRange(long inode, long from, long to) {
    layer.clear(
        Key.extent(inode, from),
        to == Long.MAX_VALUE ? Key.extent(inode + 1, 0) : Key.extent(inode, to));
  }

  private long allocatedBefore(long inode, long to) {
    return allocatedWithin(inode, 0, to);
  }

  private long allocatedWithin(long inode, long from, long to) {
    long sum = 0;
    for (FileExtent extent : overlapping(inode, from, to)) {
      sum += Math.min(extent.end(), to) - Math.max(extent.offset(), from);
    }
    return sum;
  }

  /** Shortens the extents that reach over the edges of a range, so that it may be cleared. */
  private void trimEdges(long inode, long from, long to) {
    FileExtent first = covering(inode, from);
    FileExtent last = to == Long.MAX_VALUE ? null : covering(inode, to);
    if (first != null && first.offset() < from) {
      put(inode, first.offset(), first.extent().slice(0, from - first.offset()));
    }
    if (last != null && last.offset() < to) {
      put(inode, to, last.extent().slice(to - last.offset(), last.extent().length()));
    }
  }

  private void put(long inode, long offset, Extent extent) {
    layer.put(Key.extent(inode, offset), new Value.Content(extent));
  }

  /** The extent that covers a position, or null. */
  private @Nullable FileExtent covering(long inode, long position) {
    Tree.Found found = map.floor(Key.extent(inode, position), Key.extent(inode, 0));
    if (found == null) {
      return null;
    }
    FileExtent extent = toFileExtent(found.key(), found.value());
    return extent.end() > position ? extent : null;
  }

  /** Takes a range out of an extent that overlaps it; returns how many bytes that were. */
  private long cut(long inode, FileExtent old, long from, long to) {
    layer.put(Key.extent(inode, old.offset()), Value.Absent.ABSENT);
    if (old.offset() < from) {
      put(inode, old.offset(), old.extent().slice(0, from - old.offset()));
    }
    if (old.end() > to) {
      put(inode, to, old.extent().slice(to - old.offset(), old.extent().length()));
    }
    return Math.min(old.end(), to) - Math.max(old.offset(), from);
  }

  private void addAllocated(long inode, long bytes) {
    InodeTimes times = bytes == 0 ? null : times(inode);
    if (times != null) {
      layer.put(Key.times(inode), times.withAllocated(times.allocated() + bytes));
      usedBytes += bytes;
    }
  }

  private List<FileExtent> overlapping(long inode, long from, long to) {
    return overlapping(map, inode, from, to, Integer.MAX_VALUE);
  }

  /** The first extents of a file that overlap a range, in order; the limit is positive. */
  static List<FileExtent> overlapping(LayeredMap map, long inode, long from, long to, int limit) {
    List<FileExtent> extents = new ArrayList<>();
    Tree.Found before = map.floor(Key.extent(inode, from), Key.extent(inode, 0));
    if (before != null && before.key().sub() < from) {
      FileExtent extent = toFileExtent(before.key(), before.value());
      if (extent.end() > from) {
        extents.add(extent);
      }
    }
    if (extents.size() < limit) {
      map.scan(
          Key.extent(inode, from),
          Key.extent(inode, to),
          (key, value) -> {
            extents.add(toFileExtent(key, value));
            return extents.size() < limit;
          });
    }
    return extents;
  }

  private static FileExtent toFileExtent(Key key, Value value) {
    return new FileExtent(key.sub(), ((Value.Content) value).extent());
  }
}
