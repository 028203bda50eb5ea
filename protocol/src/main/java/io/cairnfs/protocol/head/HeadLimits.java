package io.cairnfs.protocol.head;

/** Bounds on what a head keeps and takes. */
public final class HeadLimits {

  /**
   * A transaction's body: small next to a frame, large next to any single file-system operation.
   */
  public static final int MAX_BODY_BYTES = 1 << 20;

  /** Bodies of one batch together: fits a frame with room for its header. */
  public static final int MAX_BATCH_BYTES = 2 << 20;

  /** Transactions of one batch. */
  public static final int MAX_BATCH_COMMITS = 8192;

  /** Unfolded deltas at which clients fold and slow down, in bytes. */
  public static final long SOFT_UNFOLDED_BYTES = 16L << 20;

  /** Unfolded deltas at which commits wait for a fold, in bytes. */
  public static final long HARD_UNFOLDED_BYTES = 128L << 20;

  /** Inode numbers that one request is granted at most. */
  public static final int MAX_INODE_GRANT = 1 << 20;

  private HeadLimits() {}
}
