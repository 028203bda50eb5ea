package io.cairnfs.client.stripe;

import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Shard;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which data shards of each stripe are referred to, counted in one round over all extents. Where
 * there are too many stripes, this round looks at a part of them, picked by their hash, and later
 * rounds at the others. For one thread.
 */
final class StripeUses {

  /** Stripes that are counted at once: a few megabytes. */
  static final int MAX_STRIPES = 1 << 16;

  private final Map<Cid, Integer> used = new HashMap<>();
  private final int round;
  private int parts = 1;

  /**
   * @param round its number, which decides what part is looked at
   */
  StripeUses(int round) {
    this.round = round;
  }

  void count(Shard shard) {
    if (!isLookedAt(shard.stripe())) {
      return;
    }
    used.merge(shard.stripe(), 1 << shard.index(), (one, other) -> one | other);
    while (used.size() > MAX_STRIPES) {
      parts *= 2;
      used.keySet().removeIf(known -> !isLookedAt(known));
    }
  }

  private boolean isLookedAt(Cid stripe) {
    return Math.floorMod(stripe.hashCode() - round, parts) == 0;
  }

  /** Stripes of which half of the data or less is referred to: two of them make one. */
  Set<Cid> sparse(int dataShards) {
    Set<Cid> sparse = new HashSet<>();
    used.forEach(
        (stripe, shards) -> {
          if (2 * Integer.bitCount(shards) <= dataShards) {
            sparse.add(stripe);
          }
        });
    return sparse;
  }
}
