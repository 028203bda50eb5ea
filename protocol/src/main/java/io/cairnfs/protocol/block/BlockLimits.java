package io.cairnfs.protocol.block;

/** Bounds on blocks. */
public final class BlockLimits {

  /**
   * Cairn never makes a larger block: the chunk size of the UnixFS profile {@code unixfs-v1-2025}.
   */
  public static final int MAX_PRODUCED_BYTES = 1 << 20;

  /** Larger blocks are refused: what IPFS implementations exchange at most. */
  public static final int MAX_ACCEPTED_BYTES = 2 << 20;

  private BlockLimits() {}
}
