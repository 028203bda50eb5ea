package io.cairnfs.client.extent;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a range of a file's bytes is. Whatever no extent covers is a hole. Immutable. */
public sealed interface Extent {

  /** Bytes of the file that it covers, more than 0. */
  long length();

  /**
   * The part of this extent from {@code from} to {@code to}, relative to its start.
   *
   * @throws IndexOutOfBoundsException unless 0 &lt;= from &lt; to &lt;= length
   */
  Extent slice(long from, long to);

  /**
   * A range of a block.
   *
   * @param block the block
   * @param blockOffset where in the block the range starts
   * @param length its length in bytes
   * @param outboard verifies parts of a range of the block in which this one lies; null if only the
   *     whole block can be verified
   */
  record InBlock(BlockRef block, int blockOffset, long length, @Nullable Outboard outboard)
      implements Extent {

    public InBlock {
      if (outboard != null && !outboard.covers(blockOffset, blockOffset + length)) {
        throw new IllegalArgumentException(
            length + " bytes from " + blockOffset + " are not in the " + outboard);
      }
    }

    /** A range without an outboard. */
    public InBlock(BlockRef block, int blockOffset, long length) {
      this(block, blockOffset, length, null);
    }

    @Override
    public InBlock slice(long from, long to) {
      checkRange(from, to, length);
      return new InBlock(block, Math.toIntExact(blockOffset + from), to - from, outboard);
    }

    /** The same range of what is known to be the same block. */
    public InBlock in(BlockRef same) {
      return new InBlock(same, blockOffset, length, outboard);
    }

    /** The extent of this one and one that follows it in the file; null if they are not one. */
    public @Nullable InBlock join(InBlock next) {
      return block.equals(next.block)
              && blockOffset + length == next.blockOffset
              && Objects.equals(outboard, next.outboard)
          ? new InBlock(block, blockOffset, length + next.length, outboard)
          : null;
    }
  }

  /**
   * The bytes themselves, for tiny files; at most {@link #MAX_INLINE_BYTES}.
   *
   * @param bytes shared, not copied: nobody changes them
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by tests only, through their own means
  record Inline(byte[] bytes) implements Extent {

    @Override
    public long length() {
      return bytes.length;
    }

    @Override
    public Inline slice(long from, long to) {
      checkRange(from, to, bytes.length);
      return new Inline(Arrays.copyOfRange(bytes, (int) from, (int) to));
    }
  }

  /**
   * Allocated zeros: what fallocate reserved. Reads as a hole and counts as allocated.
   *
   * @param length in bytes
   */
  record Zeros(long length) implements Extent {

    @Override
    public Zeros slice(long from, long to) {
      checkRange(from, to, length);
      return new Zeros(to - from);
    }
  }

  /**
   * A file of at most this many bytes is kept in the namespace itself: about the size of a CID and
   * its extent.
   */
  int MAX_INLINE_BYTES = 128;

  private static void checkRange(long from, long to, long length) {
    if (from < 0 || from >= to || to > length) {
      throw new IndexOutOfBoundsException("[" + from + ", " + to + ") of an extent of " + length);
    }
  }
}
