package io.cairnfs.node.store;

import io.cairnfs.protocol.identity.Key256;

/**
 * A block of a store.
 *
 * @param stat what the index says of it
 */
public record ListedBlock(Key256 digest, BlockStat stat) {

  /** Whether its body is here, not known to be damaged, and not about to go. */
  public boolean isSound() {
    return !stat.quarantined() && !stat.garbage();
  }
}
