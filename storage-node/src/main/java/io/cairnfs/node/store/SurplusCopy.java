package io.cairnfs.node.store;

import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.identity.Key256;
import java.util.Set;

/**
 * A block that is enough on other nodes.
 *
 * @param claims what holds it here, as those nodes know
 */
public record SurplusCopy(Key256 digest, Set<Claim> claims) {

  public SurplusCopy {
    claims = Set.copyOf(claims);
  }
}
