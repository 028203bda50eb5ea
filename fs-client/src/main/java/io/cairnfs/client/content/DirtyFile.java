package io.cairnfs.client.content;

import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bytes written to one file that are not in its extents yet. Thread-safe; never waits.
 *
 * <p>Writes gather here until {@link #flush} turns all of them, at memory speed, into extents of
 * blocks that are on their way: all at once, because a file's content must be a prefix of its
 * history after a crash. The caller puts these extents into the namespace in one transaction and
 * then calls {@link #flushed}; until then they remain part of this file's dirty bytes, so that
 * nothing is lost when the transaction must be run again.
 *
 * <p>The caller lets no {@code flush ... flushed} of a file overlap with another, or with the time
 * between reading the file's extents and {@link Content#read}.
 */
public final class DirtyFile {

  /** A tail of at least this many bytes becomes a block of its own; a smaller one shares a pack. */
  static final int MIN_OWN_BLOCK_BYTES = 256 << 10;

  /**
   * Scattered writes are passed on at this sum, so that one file neither hoards memory nor makes
   * huge transactions.
   */
  static final int MAX_SCATTERED_BYTES = 4 << 20;

  /** Tiny scattered writes are passed on at this number, for the same reasons. */
  static final int MAX_SEGMENTS = 1024;

  private final DirtyBudget budget;
  private final Packer packer;
  private final Uploader uploader;

  /** By start; they never overlap, and may touch. */
  private final TreeMap<Long, Segment> segments = new TreeMap<>();

  /**
   * What was flushed and is not in the namespace yet; later ones lie over earlier ones, and
   * segments over all.
   */
  private final List<FileExtent> flushing = new ArrayList<>();

  private long dirtyBytes;
  private long heldBytes;
  private boolean chunkComplete;
  private long lastWriteEnd;

  DirtyFile(DirtyBudget budget, Packer packer, Uploader uploader) {
    this.budget = budget;
    this.packer = packer;
    this.uploader = uploader;
  }

  /**
   * A range of a file's bytes.
   *
   * @param from first byte
   * @param to one past the last
   */
  public record Range(long from, long to) {}

  /**
   * Copies the data in and uses up as many bytes of an earlier {@link Content#reserve}.
   *
   * @param offset in the file
   * @param data read from its position to its limit
   */
  public synchronized void write(long offset, ByteBuffer data) {
    long reserved = data.remaining();
    long heldBefore = heldBytes;
    long at = offset;
    while (data.hasRemaining()) {
      int inChunk = Segment.CHUNK_BYTES - (int) (at % Segment.CHUNK_BYTES);
      int part = Math.min(data.remaining(), inChunk);
      writeInChunk(at, data, part);
      at += part;
    }
    lastWriteEnd = at;
    budget.adjust(heldBytes - heldBefore - reserved);
  }

  private void writeInChunk(long offset, ByteBuffer data, int count) {
    Segment segment = segmentFor(offset, count);
    account(segment, -1);
    segment.write(offset, data, count);
    account(segment, 1);
    dropFollowing(segment, offset + count);
    chunkComplete |= segment.isFullChunk();
  }

  private Segment segmentFor(long offset, int count) {
    Map.Entry<Long, Segment> before = segments.floorEntry(offset);
    if (before != null && before.getValue().end() >= offset && sameChunk(before.getKey(), offset)) {
      return before.getValue();
    }
    boolean streaming = offset > 0 && offset == lastWriteEnd && offset % Segment.CHUNK_BYTES == 0;
    Segment fresh = new Segment(offset, streaming ? Segment.CHUNK_BYTES : count);
    account(fresh, 1);
    segments.put(offset, fresh);
    return fresh;
  }

  private static boolean sameChunk(long a, long b) {
    return a / Segment.CHUNK_BYTES == b / Segment.CHUNK_BYTES;
  }

  /**
   * Makes room for a segment that was just written up to {@code end}: what followed there is
   * overwritten.
   */
  private void dropFollowing(Segment segment, long end) {
    Map.Entry<Long, Segment> next = segments.higherEntry(segment.start());
    while (next != null && next.getKey() < end) {
      Segment covered = next.getValue();
      remove(covered);
      if (covered.end() > end) {
        covered.dropHead(end);
        add(covered);
        return;
      }
      next = segments.higherEntry(segment.start());
    }
  }

  private void add(Segment segment) {
    segments.put(segment.start(), segment);
    account(segment, 1);
  }

  private void remove(Segment segment) {
    segments.remove(segment.start());
    account(segment, -1);
  }

  private void account(Segment segment, int sign) {
    dirtyBytes += (long) sign * segment.length();
    heldBytes += (long) sign * segment.capacity();
  }

  /**
   * Forgets dirty bytes at and after a size. The caller cuts the file's extents in the same
   * transaction as it flushes.
   */
  public void truncate(long size) {
    clear(size, Long.MAX_VALUE);
  }

  /** Forgets the dirty bytes in [from, to): they are a hole, or of no use any more. */
  public synchronized void clear(long from, long to) {
    if (from >= to) {
      return;
    }
    long heldBefore = heldBytes;
    Map.Entry<Long, Segment> before = segments.floorEntry(from);
    if (before != null && before.getValue().end() > from) {
      cut(before.getValue(), from, to);
    }
    Map.Entry<Long, Segment> next = segments.ceilingEntry(from);
    while (next != null && next.getKey() < to) {
      cut(next.getValue(), from, to);
      next = segments.higherEntry(next.getKey());
    }
    chunkComplete &= !segments.isEmpty();
    budget.adjust(heldBytes - heldBefore);
    clearFlushing(from, to);
  }

  private void cut(Segment segment, long from, long to) {
    remove(segment);
    if (segment.end() > to) {
      Segment tail = segment.start() < from ? segment.copyFrom(to) : segment;
      tail.dropHead(to);
      add(tail);
    }
    if (segment.start() < from) {
      segment.dropTail(from);
      add(segment);
    }
  }

  private void clearFlushing(long from, long to) {
    List<FileExtent> kept = new ArrayList<>(flushing.size());
    for (FileExtent extent : flushing) {
      if (extent.end() <= from || extent.offset() >= to) {
        kept.add(extent);
        continue;
      }
      Extent whole = extent.extent();
      if (extent.offset() < from) {
        kept.add(new FileExtent(extent.offset(), whole.slice(0, from - extent.offset())));
      }
      if (extent.end() > to) {
        kept.add(new FileExtent(to, whole.slice(to - extent.offset(), whole.length())));
      }
    }
    flushing.clear();
    flushing.addAll(kept);
  }

  /** Forgets everything: the file is gone. */
  public void discard() {
    clear(0, Long.MAX_VALUE);
  }

  /** Whether there is anything that the namespace does not have. */
  public synchronized boolean isDirty() {
    return !segments.isEmpty() || !flushing.isEmpty();
  }

  /**
   * Whether now is a good time to {@link #flush}: a chunk is complete, or memory should be freed.
   */
  public synchronized boolean wantsFlush() {
    return chunkComplete
        || dirtyBytes >= MAX_SCATTERED_BYTES
        || segments.size() >= MAX_SEGMENTS
        || (dirtyBytes > 0 && budget.isTight());
  }

  /** One past the last dirty byte; 0 if there is none. */
  public synchronized long dirtyEnd() {
    long end = segments.isEmpty() ? 0 : segments.lastEntry().getValue().end();
    for (FileExtent extent : flushing) {
      end = Math.max(end, extent.end());
    }
    return end;
  }

  /** The dirty ranges, in order, joined where they touch or overlap. */
  public synchronized List<Range> ranges() {
    List<Range> pieces = new ArrayList<>();
    segments.values().forEach(segment -> pieces.add(new Range(segment.start(), segment.end())));
    flushing.forEach(extent -> pieces.add(new Range(extent.offset(), extent.end())));
    pieces.sort((a, b) -> Long.compare(a.from(), b.from()));
    List<Range> joined = new ArrayList<>();
    for (Range piece : pieces) {
      Range last = joined.isEmpty() ? null : joined.getLast();
      if (last != null && piece.from() <= last.to()) {
        joined.set(joined.size() - 1, new Range(last.from(), Math.max(last.to(), piece.to())));
      } else {
        joined.add(piece);
      }
    }
    return joined;
  }

  /**
   * Whether every byte of [from, to) was written since the last flush, so that no extent matters.
   */
  synchronized boolean covers(long from, long to) {
    long at = from;
    while (at < to) {
      Map.Entry<Long, Segment> segment = segments.floorEntry(at);
      if (segment == null || segment.getValue().end() <= at) {
        return false;
      }
      at = segment.getValue().end();
    }
    return true;
  }

  /**
   * Copies the dirty bytes of [offset, offset + count) over what the target holds from an index on.
   */
  synchronized void overlay(long offset, ByteBuffer target, int targetIndex, int count) {
    Long first = segments.floorKey(offset);
    Iterator<Segment> overlapping =
        segments.subMap(first == null ? offset : first, offset + count).values().iterator();
    while (overlapping.hasNext()) {
      overlapping.next().copyTo(offset, target, targetIndex, count);
    }
  }

  /** What was flushed and is not in the namespace yet; later ones lie over earlier ones. */
  synchronized List<FileExtent> flushing() {
    return flushing.isEmpty() ? List.of() : List.copyOf(flushing);
  }

  /**
   * Turns all dirty bytes into extents of blocks that are on their way, or inline ones. Includes
   * what earlier flushes gave that {@link #flushed} did not confirm.
   *
   * @return to be put into the namespace in this order, in one transaction
   */
  public synchronized List<FileExtent> flush() {
    if (!segments.isEmpty()) {
      FlushPlan plan = new FlushPlan(packer, uploader);
      segments.values().forEach(plan::add);
      flushing.addAll(plan.finish());
      budget.adjust(plan.blockBytes() - heldBytes);
      segments.clear();
      dirtyBytes = 0;
      heldBytes = 0;
      chunkComplete = false;
    }
    return List.copyOf(flushing);
  }

  /** Says that what the last {@link #flush} gave is in the namespace. */
  public synchronized void flushed() {
    flushing.clear();
  }
}
