package io.cairnfs.bench.load;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * Bytes to write: incompressible, and no page of {@value #PAGE} bytes is ever handed out twice, so
 * that nobody gains by compression or by storing equal blocks once. Not thread-safe.
 */
public final class Payload {

  /** What is made unique. */
  public static final int PAGE = 4096;

  /** Larger than the processor's caches, as real data is. */
  private static final int POOL_BYTES = 64 << 20;

  private final ByteBuffer pool =
      ByteBuffer.allocateDirect(POOL_BYTES).order(ByteOrder.nativeOrder());
  private final long seed;
  private int position;
  private long pages;

  /**
   * @param seed of the bytes
   */
  public Payload(long seed) {
    this.seed = seed;
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < POOL_BYTES; i += Long.BYTES) {
      pool.putLong(i, random.nextLong());
    }
  }

  /**
   * The next bytes; they are valid until the pool has gone round once.
   *
   * @param bytes a multiple of the page size, at most 1 MiB
   */
  ByteBuffer next(int bytes) {
    if (position + bytes > POOL_BYTES) {
      position = 0;
    }
    for (int page = position; page < position + bytes; page += PAGE) {
      pool.putLong(page, seed);
      pool.putLong(page + Long.BYTES, ++pages);
    }
    ByteBuffer slice = pool.slice(position, bytes);
    position += bytes;
    return slice;
  }
}
