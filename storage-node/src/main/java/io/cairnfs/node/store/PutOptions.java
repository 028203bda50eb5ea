package io.cairnfs.node.store;

import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.block.Redundancy;
import java.util.List;

/**
 * How blocks are stored.
 *
 * @param verify hash the bytes first: for bytes that come from a network
 * @param pin pin each block under its CID
 * @param replication on how many nodes the blocks are to be, or what else {@link Redundancy} knows;
 *     0 for the node's default
 * @param claims what holds each block from now on
 */
public record PutOptions(boolean verify, boolean pin, int replication, List<Claim> claims) {

  /** For bytes that another process sent. */
  public static final PutOptions VERIFIED = new PutOptions(true, false, 0);

  /** Without claims. */
  public PutOptions(boolean verify, boolean pin, int replication) {
    this(verify, pin, replication, List.of());
  }

  public PutOptions {
    if (!Redundancy.isValid(replication)) {
      throw new IllegalArgumentException("replication " + replication);
    }
    claims = List.copyOf(claims);
  }
}
