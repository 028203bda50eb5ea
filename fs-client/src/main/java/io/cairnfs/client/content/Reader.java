package io.cairnfs.client.content;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.extent.Outboard;
import io.cairnfs.client.extent.PendingBlock;
import io.cairnfs.client.wait.ImpatientThread;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Shard;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings a file's bytes together: from extents, from blocks in memory or far away, from what is
 * dirty. Thread-safe.
 */
final class Reader {

  private static final byte[] ZEROS = new byte[64 << 10];

  private final BlockClient blocks;

  Reader(BlockClient blocks) {
    this.blocks = blocks;
  }

  /** See {@link Content#read}. */
  void read(
      List<FileExtent> extents,
      @Nullable DirtyFile dirty,
      long offset,
      ByteBuffer target,
      @Nullable ReadAhead readAhead)
      throws BlockException, InterruptedException {
    int count = target.remaining();
    if (dirty != null && dirty.covers(offset, offset + count)) {
      finish(dirty, offset, target, count);
      return;
    }
    List<FileExtent> flushing = dirty == null ? List.of() : dirty.flushing();
    Fetch fetch = new Fetch(blocks);
    List<Piece> pieces = resolve(extents, flushing, offset, count, fetch);
    if (fetch.isNeeded()) {
      ImpatientThread.aboutToWait();
    }
    boolean random = readAhead != null && readAhead.noticed(offset, count);
    while (fetch.isNeeded()) { // again when a pending block became durable meanwhile
      fetch.run(random);
      pieces = resolve(extents, flushing, offset, count, fetch);
    }
    fill(pieces, offset, target, count);
    finish(dirty, offset, target, count);
  }

  private static List<Piece> resolve(
      List<FileExtent> extents, List<FileExtent> flushing, long offset, int count, Fetch fetch)
      throws BlockException {
    List<Piece> pieces = new ArrayList<>(extents.size() + flushing.size());
    resolve(extents, offset, count, fetch, pieces);
    resolve(flushing, offset, count, fetch, pieces);
    return pieces;
  }

  /**
   * Bytes in memory that belong at a place of the file.
   *
   * @param from first byte in the file
   * @param to one past the last
   * @param bytes the array that holds them; null for zeros
   * @param arrayOffset where in it they start
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Piece(long from, long to, byte @Nullable [] bytes, int arrayOffset) {}

  /**
   * Finds the bytes of those extents that matter; what is not in memory is wanted from the fetch.
   */
  private static void resolve(
      List<FileExtent> extents, long offset, int count, Fetch fetch, List<Piece> pieces)
      throws BlockException {
    for (FileExtent placed : extents) {
      long from = Math.max(offset, placed.offset());
      long to = Math.min(offset + count, placed.end());
      if (from >= to) {
        continue;
      }
      int skip = Math.toIntExact(from - placed.offset());
      switch (placed.extent()) {
        case Extent.Inline(byte[] bytes) -> pieces.add(new Piece(from, to, bytes, skip));
        case Extent.Zeros zeros -> pieces.add(new Piece(from, to, null, 0));
        case Extent.InBlock inBlock -> resolve(inBlock, from, to, skip, fetch, pieces);
      }
    }
  }

  private static void resolve(
      Extent.InBlock extent, long from, long to, int skip, Fetch fetch, List<Piece> pieces)
      throws BlockException {
    int start = extent.blockOffset() + skip;
    byte[] whole = pending(extent.block());
    if (whole != null) {
      pieces.add(new Piece(from, to, whole, start));
      return;
    }
    Cid cid = name(extent.block());
    whole = fetch.peek(cid);
    int end = start + (int) (to - from);
    if (whole != null) {
      pieces.add(new Piece(from, to, whole, start));
    } else if (extent.outboard() == null
        || !resolve(extent.outboard(), start, end, from, fetch, pieces)) {
      Shard shard = extent.block() instanceof BlockRef.Striped striped ? striped.shard() : null;
      fetch.want(cid, shard, extent.outboard(), start, end);
    }
  }

  /**
   * Finds the chunks of a range of a block.
   *
   * @param start of the range in the block
   * @param end of the range
   * @param from where it starts in the file
   * @return whether all are in memory
   */
  private static boolean resolve(
      Outboard outboard, int start, int end, long from, Fetch fetch, List<Piece> pieces) {
    int last = outboard.chunkAt(end - 1);
    for (int i = outboard.chunkAt(start); i <= last; i++) {
      byte[] bytes = fetch.peek(outboard.chunkCid(i));
      if (bytes == null) {
        return false;
      }
      int chunkStart = outboard.chunkOffset(i);
      int low = Math.max(start, chunkStart);
      int high = Math.min(end, chunkStart + bytes.length);
      pieces.add(new Piece(from + low - start, from + high - start, bytes, low - chunkStart));
    }
    return true;
  }

  private static byte @Nullable [] pending(BlockRef block) {
    return block instanceof PendingBlock pending ? pending.bytes() : null;
  }

  /** The name of a block whose bytes are not on their way any more. */
  private static Cid name(BlockRef block) throws BlockException {
    Cid cid = block.cid();
    if (cid == null || block.durable().isCompletedExceptionally()) {
      throw new BlockException(
          BlockException.Reason.UNAVAILABLE,
          "written data was lost: its upload failed",
          block.durable().isCompletedExceptionally() ? block.durable().exceptionNow() : null);
    }
    return cid;
  }

  /**
   * Copies the pieces to their places, later ones over earlier ones, and zeros to where there are
   * none.
   */
  private static void fill(List<Piece> pieces, long offset, ByteBuffer target, int count) {
    int base = target.position();
    long filled = offset;
    for (Piece piece : pieces) {
      if (piece.from() > filled) {
        zero(target, base + (int) (filled - offset), (int) (piece.from() - filled));
      }
      int index = base + (int) (piece.from() - offset);
      int length = (int) (piece.to() - piece.from());
      if (piece.bytes() == null) {
        zero(target, index, length);
      } else {
        target.put(index, piece.bytes(), piece.arrayOffset(), length);
      }
      filled = Math.max(filled, piece.to());
    }
    zero(target, base + (int) (filled - offset), (int) (offset + count - filled));
  }

  private static void zero(ByteBuffer target, int index, int length) {
    for (int done = 0; done < length; done += ZEROS.length) {
      target.put(index + done, ZEROS, 0, Math.min(ZEROS.length, length - done));
    }
  }

  private static void finish(@Nullable DirtyFile dirty, long offset, ByteBuffer target, int count) {
    if (dirty != null) {
      dirty.overlay(offset, target, target.position(), count);
    }
    target.position(target.position() + count);
  }
}
