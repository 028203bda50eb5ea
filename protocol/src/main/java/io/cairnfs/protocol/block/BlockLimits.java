package io.cairnfs.protocol.block;

/** Bounds on blocks. */
public final class BlockLimits {

  /**
   * Cairn never makes a larger block: the chunk size of the UnixFS profile {@code unixfs-v1-2025}.
   */
  public static final int MAX_PRODUCED_BYTES = 1 << 20;

  /** Larger blocks are refused: what IPFS implementations exchange at most. */
  public static final int MAX_ACCEPTED_BYTES = 2 << 20;

  /**
   * Blocks in one put or get request: small ones travel together, and a message of CIDs stays
   * small.
   */
  public static final int MAX_BATCH_BLOCKS = 1024;

  /**
   * Sum of the bodies of one put request or get reply, so that few requests bound a node's memory.
   * A frame holds it.
   */
  public static final int MAX_BATCH_BYTES = 4 << 20;

  /** CIDs in one request without bodies. */
  public static final int MAX_BATCH_CIDS = 8192;

  /**
   * Replicas that a put may ask for: beyond the candidates of the placement there is nobody to hold
   * more.
   */
  public static final int MAX_REPLICATION = 20;

  private BlockLimits() {}
}
