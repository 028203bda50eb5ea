package io.cairnfs.protocol.block;

/**
 * What a block's {@code replication} means, wherever it is stored or told: on so many nodes by the
 * block's own key; or, beyond {@link BlockLimits#MAX_REPLICATION}, what the block is to a stripe.
 * Of two that are told of a block the higher one holds.
 */
public final class Redundancy {

  /** A shard: one copy, on whichever node the keepers of its stripe give it to. */
  public static final int SHARD = 64;

  /** Added to the number of copies of a block that describes a stripe: its holders keep that. */
  private static final int STRIPE = 32;

  private Redundancy() {}

  /** Whether a block may have it. */
  public static boolean isValid(int redundancy) {
    return redundancy >= 0 && copies(redundancy) <= BlockLimits.MAX_REPLICATION;
  }

  /** Of a block that describes a stripe, and is on so many nodes. */
  public static int ofStripe(int copies) {
    return STRIPE + copies;
  }

  public static boolean isShard(int redundancy) {
    return redundancy == SHARD;
  }

  public static boolean isStripe(int redundancy) {
    return redundancy > STRIPE && redundancy < SHARD;
  }

  /** On how many nodes it is to be by its own key; 0 for the node's default, and for shards. */
  public static int copies(int redundancy) {
    if (isShard(redundancy)) {
      return 0;
    }
    return isStripe(redundancy) ? redundancy - STRIPE : redundancy;
  }
}
