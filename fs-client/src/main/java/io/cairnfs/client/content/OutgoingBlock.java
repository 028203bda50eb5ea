package io.cairnfs.client.content;

import io.cairnfs.client.extent.PendingBlock;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import java.util.Arrays;
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

  static final int FULL = -1;

  private final Uploader uploader;
  private byte @Nullable [] bytes;
  private int length;
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

  /**
   * Adds bytes; returns where they are in the block, or {@link #FULL} if it is sealed or has no
   * room for them.
   */
  synchronized int append(byte[] source, int from, int count) {
    if (sealed || bytes == null || length + count > BlockLimits.MAX_PRODUCED_BYTES) {
      return FULL;
    }
    if (length + count > bytes.length) {
      int doubled = Math.max(2 * bytes.length, length + count);
      bytes = Arrays.copyOf(bytes, Math.min(doubled, BlockLimits.MAX_PRODUCED_BYTES));
    }
    int at = length;
    System.arraycopy(source, from, bytes, at, count);
    length += count;
    return at;
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
    Cid cid = Cid.of(Codec.RAW, exact);
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

  void succeeded() {
    dropBytes();
    completeDurable();
  }

  void failed(Throwable reason) {
    fail(reason);
    dropBytes();
  }
}
