package io.cairnfs.client.content;

import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.Outboard;
import io.cairnfs.client.extent.PendingBlock;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.cid.Cid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A block that this mount makes: a pack that takes small writes until it is sealed, or a chunk that
 * is born sealed. Sealing passes it to the {@link Uploader}, once.
 */
final class OutgoingBlock extends PendingBlock {

  /**
   * A pack starts small: one that is synced after a single small write should not cost a large
   * array.
   */
  private static final int FIRST_PACK_BYTES = 64 << 10;

  private final Uploader uploader;
  private byte @Nullable [] bytes;
  private int length;

  /** Those of its pieces that are to be read by themselves, in order. */
  private final List<Outboard> outboards = new ArrayList<>(1);

  private boolean sealed;
  private long sealedNanos;

  private OutgoingBlock(Uploader uploader, byte[] bytes, int length) {
    this.uploader = uploader;
    this.bytes = bytes;
    this.length = length;
  }

  /** An empty pack. */
  static OutgoingBlock pack(Uploader uploader) {
    return new OutgoingBlock(uploader, new byte[FIRST_PACK_BYTES], 0);
  }

  /** A block with these bytes, which it takes over; the caller pushes it. */
  static OutgoingBlock chunk(Uploader uploader, byte[] bytes) {
    return new OutgoingBlock(uploader, bytes, bytes.length);
  }

  /** All of its bytes, to be read in parts. Before it is pushed. */
  synchronized Extent.InBlock all() {
    return extent(0, length, true);
  }

  /**
   * Adds bytes; null if it is sealed or has no room for them.
   *
   * @param verifiable whether they get an outboard, to be read by themselves
   */
  synchronized Extent.@Nullable InBlock append(
      byte[] source, int from, int count, boolean verifiable) {
    if (sealed || bytes == null || length + count > BlockLimits.MAX_PRODUCED_BYTES) {
      return null;
    }
    if (length + count > bytes.length) {
      int doubled = Math.max(2 * bytes.length, length + count);
      bytes = Arrays.copyOf(bytes, Math.min(doubled, BlockLimits.MAX_PRODUCED_BYTES));
    }
    int at = length;
    System.arraycopy(source, from, bytes, at, count);
    length += count;
    return extent(at, count, verifiable);
  }

  private Extent.InBlock extent(int at, int count, boolean verifiable) {
    if (!verifiable) {
      return new Extent.InBlock(this, at, count);
    }
    Outboard outboard = new Outboard(at, count);
    outboards.add(outboard);
    return new Extent.InBlock(this, at, count, outboard);
  }

  @Override
  public void push() {
    synchronized (this) {
      if (sealed) {
        return;
      }
      sealed = true;
      sealedNanos = System.nanoTime();
    }
    uploader.submit(this);
  }

  /** Names the sealed bytes. For the uploader, once, before it sends them. */
  Block hash() {
    byte[] exact;
    synchronized (this) {
      if (!sealed || bytes == null) {
        throw new IllegalStateException("not a sealed block");
      }
      if (bytes.length != length) {
        bytes = Arrays.copyOf(bytes, length);
      }
      exact = bytes;
    }
    Cid cid = new ChunkHasher(exact).hash(outboards);
    sealedAs(cid);
    return new Block(cid, exact);
  }

  /** When it was sealed, by {@link System#nanoTime}. */
  synchronized long sealedNanos() {
    return sealedNanos;
  }

  /** Bytes in it. */
  synchronized int length() {
    return length;
  }

  @Override
  public synchronized byte @Nullable [] bytes() {
    return bytes;
  }

  private synchronized void dropBytes() {
    bytes = null;
  }

  /**
   * @param claimEpoch the sweep that it is claimed with
   */
  void succeeded(long claimEpoch) {
    dropBytes();
    completeDurable(claimEpoch);
  }

  void failed(Throwable reason) {
    fail(reason);
    dropBytes();
  }
}
