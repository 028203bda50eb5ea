package io.cairnfs.node.store;

import io.cairnfs.protocol.block.BlockLimits;

/**
 * How blocks are stored.
 *
 * @param verify hash the bytes first: for bytes that come from a network
 * @param pin pin each block under its CID
 * @param replication on how many nodes the blocks are to be, up to {@link
 *     BlockLimits#MAX_REPLICATION}; 0 for the node's default
 */
public record PutOptions(boolean verify, boolean pin, int replication) {

  /** For bytes that another process sent. */
  public static final PutOptions VERIFIED = new PutOptions(true, false, 0);

  public PutOptions {
    if (replication < 0 || replication > BlockLimits.MAX_REPLICATION) {
      throw new IllegalArgumentException("replication " + replication);
    }
  }
}
