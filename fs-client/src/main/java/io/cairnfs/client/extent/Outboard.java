package io.cairnfs.client.extent;

import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The SHA-256 digests of the chunks of a range of a block, kept outside of the block with the
 * extents that lie in the range. The block's own hash is flat and verifies only the whole; these
 * verify a part, and are as trustworthy as the tree that carries them.
 *
 * <p>The range of a block on its way out is known at once, its digests when the block is sealed:
 * before its CID. Thread-safe.
 */
public final class Outboard {

  /** Length of a chunk; the last one may be shorter. */
  public static final int CHUNK_BYTES = 64 << 10;

  /** Length of a digest. */
  public static final int DIGEST_BYTES = 32;

  private final int offset;
  private final int length;
  private volatile byte @Nullable [] digests;

  /**
   * A range whose digests follow.
   *
   * @param offset of its first byte in the block
   * @param length in bytes, more than 0
   * @throws IllegalArgumentException if no block has such a range
   */
  public Outboard(int offset, int length) {
    if (offset < 0 || length <= 0 || offset > BlockLimits.MAX_ACCEPTED_BYTES - length) {
      throw new IllegalArgumentException(length + " bytes from " + offset + " of a block");
    }
    this.offset = offset;
    this.length = length;
  }

  /**
   * A range and its digests, one after the other.
   *
   * @param digests not copied: nobody changes them
   */
  public Outboard(int offset, int length, byte[] digests) {
    this(offset, length);
    seal(digests);
  }

  /** Gives the digests. */
  public void seal(byte[] chunkDigests) {
    if (chunkDigests.length != digestsLength()) {
      throw new IllegalArgumentException(
          chunkDigests.length + " bytes of digests for " + chunks() + " chunks");
    }
    digests = chunkDigests;
  }

  /** Where the range starts in the block. */
  public int offset() {
    return offset;
  }

  /** Length of the range in bytes. */
  public int length() {
    return length;
  }

  /** Whether a range of the block lies inside. */
  public boolean covers(long from, long to) {
    return from >= offset && to <= (long) offset + length;
  }

  /** How many chunks there are. */
  public int chunks() {
    return Math.ceilDiv(length, CHUNK_BYTES);
  }

  /** The number of the chunk that holds a byte of the block. */
  public int chunkAt(long blockOffset) {
    return Math.toIntExact((blockOffset - offset) / CHUNK_BYTES);
  }

  /** Where a chunk starts in the block. */
  public int chunkOffset(int chunk) {
    return offset + chunk * CHUNK_BYTES;
  }

  /** Length of a chunk in bytes. */
  public int chunkLength(int chunk) {
    return Math.min(CHUNK_BYTES, length - chunk * CHUNK_BYTES);
  }

  /** The name of a chunk's bytes. */
  public Cid chunkCid(int chunk) {
    int at = chunk * DIGEST_BYTES;
    return Cid.ofSha256(Codec.RAW, Arrays.copyOfRange(digests(), at, at + DIGEST_BYTES));
  }

  /**
   * All digests, one after the other; shared, not copied.
   *
   * @throws IllegalStateException if the block is not sealed
   */
  public byte[] digests() {
    byte[] known = digests;
    if (known == null) {
      throw new IllegalStateException("a block that is still being filled has no digests");
    }
    return known;
  }

  /** Length of all digests in bytes. */
  public int digestsLength() {
    return chunks() * DIGEST_BYTES;
  }

  /** Whether both are of one range, and their digests are the same. */
  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Outboard outboard
            && offset == outboard.offset
            && length == outboard.length
            && digests != null
            && Arrays.equals(digests, outboard.digests));
  }

  @Override
  public int hashCode() {
    return 31 * offset + length; // digests may come later
  }

  @Override
  public String toString() {
    return "chunks of " + length + " bytes from " + offset;
  }
}
