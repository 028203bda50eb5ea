package io.cairnfs.protocol.erasure;

import io.cairnfs.protocol.cid.Cid;

/**
 * Where the bytes of a block rest that is part of a stripe: they are the first bytes of a data
 * shard.
 *
 * @param stripe names the block with the {@link Stripe}; its key decides about the nodes
 * @param index the shard's number in the stripe, from 0
 * @param cid names the shard, with its seal
 * @param length of the block that it begins with, in bytes
 */
public record Shard(Cid stripe, int index, Cid cid, int length) {

  /**
   * @throws IllegalArgumentException if no stripe has such a shard
   */
  public Shard {
    if (index < 0
        || index >= Erasure.MAX_DATA
        || length < 1
        || length > Stripe.MAX_SHARD_BYTES - Stripe.SEAL_BYTES) {
      throw new IllegalArgumentException(
          "no stripe has " + length + " bytes as its shard " + index);
    }
  }

  /** Length of the shard with its seal, in bytes. */
  public int sealedLength() {
    return length + Stripe.SEAL_BYTES;
  }
}
