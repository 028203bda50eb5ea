package io.cairnfs.node.store;

import io.cairnfs.protocol.identity.Key256;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some blocks that a volume claims, in the order of their digests.
 *
 * @param through every claim up to this block was looked at; null if there are no more
 */
public record ClaimPage(List<Claimed> claimed, @Nullable Key256 through) {

  /**
   * A block that a volume claims.
   *
   * @param sizeBytes its length
   * @param epoch the claim's
   */
  public record Claimed(Key256 digest, int sizeBytes, long epoch) {}

  public ClaimPage {
    claimed = List.copyOf(claimed);
  }
}
