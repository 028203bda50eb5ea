package io.cairnfs.client.content;

import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides what becomes of a file's dirty runs, given in order: a full chunk is a block of its own,
 * of exactly its bytes; so is a long run; a tiny one goes inline; the rest is packed with other
 * files' small writes.
 */
final class FlushPlan {

  private final Packer packer;
  private final Uploader uploader;
  private final List<FileExtent> extents = new ArrayList<>();
  private final List<Segment> run = new ArrayList<>();
  private long runLength;
  private long blockBytes;

  FlushPlan(Packer packer, Uploader uploader) {
    this.packer = packer;
    this.uploader = uploader;
  }

  void add(Segment segment) {
    if (!run.isEmpty() && !continues(run.getLast(), segment)) {
      closeRun();
    }
    run.add(segment);
    runLength += segment.length();
  }

  /** The extents of all that was added. */
  List<FileExtent> finish() {
    if (!run.isEmpty()) {
      closeRun();
    }
    return extents;
  }

  /** Bytes that now are in blocks on their way. */
  long blockBytes() {
    return blockBytes;
  }

  /** A run ends at the end of its chunk, so that full chunks keep their alignment. */
  private static boolean continues(Segment last, Segment next) {
    return last.end() == next.start() && next.start() % Segment.CHUNK_BYTES != 0;
  }

  private void closeRun() {
    long start = run.getFirst().start();
    int length = Math.toIntExact(runLength);
    if (length <= Extent.MAX_INLINE_BYTES) {
      put(start, new Extent.Inline(joined(length)));
    } else if (length >= DirtyFile.MIN_OWN_BLOCK_BYTES) {
      OutgoingBlock block = OutgoingBlock.chunk(uploader, joined(length));
      blockBytes += length;
      put(start, block.all());
      block.push();
    } else if (run.size() == 1) {
      Segment only = run.getFirst();
      pack(start, only.array(), only.arrayOffset(), length);
    } else {
      pack(start, joined(length), 0, length);
    }
    run.clear();
    runLength = 0;
  }

  /**
   * A small file is read from its start, which is not verifiable by itself: the whole pack comes,
   * and brings the file's neighbours along. What lies further in a file was written at random, and
   * is read so.
   */
  private void pack(long start, byte[] source, int from, int length) {
    blockBytes += length;
    put(start, packer.append(source, from, length, start > 0));
  }

  private byte[] joined(int length) {
    if (run.size() == 1) {
      return run.getFirst().exactBytes();
    }
    byte[] joined = new byte[length];
    int at = 0;
    for (Segment segment : run) {
      System.arraycopy(segment.array(), segment.arrayOffset(), joined, at, segment.length());
      at += segment.length();
    }
    return joined;
  }

  /**
   * Adds an extent, as a continuation of the last one if it is that in the file and in the block.
   */
  private void put(long offset, Extent extent) {
    if (!extents.isEmpty()
        && extents.getLast() instanceof FileExtent(long lastOffset, Extent.InBlock last)
        && extent instanceof Extent.InBlock next
        && lastOffset + last.length() == offset) {
      Extent.InBlock joined = last.join(next);
      if (joined != null) {
        extents.set(extents.size() - 1, new FileExtent(lastOffset, joined));
        return;
      }
    }
    extents.add(new FileExtent(offset, extent));
  }
}
