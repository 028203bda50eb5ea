package io.cairnfs.client.content;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.extent.PendingBlock;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.client.wait.ImpatientThread;
import io.cairnfs.protocol.cid.Cid;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
    Map<Cid, byte[]> fetched = new LinkedHashMap<>();
    List<Piece> pieces = new ArrayList<>(extents.size() + flushing.size());
    List<Cid> missing = new ArrayList<>();
    resolve(extents, offset, count, fetched, pieces, missing);
    resolve(flushing, offset, count, fetched, pieces, missing);
    if (!missing.isEmpty()) {
      ImpatientThread.aboutToWait();
    }
    if (readAhead != null) {
      readAhead.noticed(offset, count);
    }
    while (!missing.isEmpty()) { // again when a pending block became durable meanwhile
      fetch(missing, fetched);
      missing.clear();
      pieces.clear();
      resolve(extents, offset, count, fetched, pieces, missing);
      resolve(flushing, offset, count, fetched, pieces, missing);
    }
    fill(pieces, offset, target, count);
    finish(dirty, offset, target, count);
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
   * Finds the bytes of those extents that matter; the blocks that are not in memory are added to
   * {@code missing}.
   */
  private void resolve(
      List<FileExtent> extents,
      long offset,
      int count,
      Map<Cid, byte[]> fetched,
      List<Piece> pieces,
      List<Cid> missing)
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
        case Extent.InBlock(BlockRef block, int blockOffset, long length) -> {
          byte[] bytes = inMemory(block, fetched, missing);
          if (bytes != null) {
            pieces.add(new Piece(from, to, bytes, blockOffset + skip));
          }
        }
      }
    }
  }

  /** A block's bytes; null if they must be fetched, and then its CID is among the missing. */
  private byte @Nullable [] inMemory(BlockRef block, Map<Cid, byte[]> fetched, List<Cid> missing)
      throws BlockException {
    if (block instanceof PendingBlock pending) {
      byte[] bytes = pending.bytes();
      if (bytes != null) {
        return bytes;
      }
    }
    Cid cid = block.cid();
    if (cid == null || block.durable().isCompletedExceptionally()) {
      throw new BlockException(
          BlockException.Reason.UNAVAILABLE,
          "written data was lost: its upload failed",
          block.durable().isCompletedExceptionally() ? block.durable().exceptionNow() : null);
    }
    byte[] bytes = fetched.get(cid);
    if (bytes == null) {
      bytes = blocks.peek(cid);
    }
    if (bytes == null) {
      missing.add(cid);
    }
    return bytes;
  }

  /** Fetches blocks, all at once. */
  private void fetch(List<Cid> missing, Map<Cid, byte[]> fetched)
      throws BlockException, InterruptedException {
    List<Cid> distinct = missing.stream().distinct().toList();
    Map<Cid, FutureTask<byte[]>> others = new LinkedHashMap<>();
    try {
      for (Cid cid : distinct.subList(1, distinct.size())) {
        FutureTask<byte[]> task =
            new FutureTask<>(() -> Deadline.await(Deadline.remaining(), () -> blocks.get(cid)));
        others.put(cid, task);
        Thread.ofVirtual().name("cairn-read").start(task);
      }
      fetched.put(distinct.getFirst(), blocks.get(distinct.getFirst()));
      for (Map.Entry<Cid, FutureTask<byte[]>> other : others.entrySet()) {
        fetched.put(other.getKey(), await(other.getValue()));
      }
    } finally {
      others.values().forEach(task -> task.cancel(true));
    }
  }

  private static byte[] await(FutureTask<byte[]> task) throws BlockException, InterruptedException {
    try {
      return task.get(Deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      BlockException.Reason reason =
          cause instanceof BlockException failure
              ? failure.reason()
              : BlockException.Reason.UNAVAILABLE;
      throw new BlockException(reason, "a block could not be read: " + cause, cause);
    } catch (TimeoutException e) {
      throw new BlockException(
          BlockException.Reason.UNAVAILABLE, "a block did not come in time", e);
    }
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
