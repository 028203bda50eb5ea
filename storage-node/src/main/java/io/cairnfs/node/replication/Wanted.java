package io.cairnfs.node.replication;

import io.cairnfs.node.store.PutOptions;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.block.ClaimMessages;
import io.cairnfs.protocol.block.Redundancy;
import io.cairnfs.protocol.block.message.Arrival;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How a block that this node lacks is to be stored, as a peer told that has it.
 *
 * @param replication on how many nodes it is to be
 * @param claims what holds it there
 */
record Wanted(int replication, Set<Claim> claims) {

  /** Nothing is known of it yet. */
  static final Wanted UNKNOWN = new Wanted(0, Set.of());

  Wanted {
    claims = Set.copyOf(claims);
  }

  /**
   * @throws WireException {@code MALFORMED} if that is no arrival
   */
  static Wanted of(Arrival arrival) throws WireException {
    if (!Redundancy.isValid(arrival.getReplication())) {
      throw new WireException(WireError.MALFORMED, "a replication that nobody may ask for");
    }
    Set<Claim> claims = new HashSet<>();
    for (io.cairnfs.protocol.block.message.Claim claim : arrival.getClaimList()) {
      claims.add(ClaimMessages.decode(claim));
    }
    return new Wanted(arrival.getReplication(), claims);
  }

  /** For bytes that were verified. */
  PutOptions verifiedOptions() {
    return new PutOptions(false, false, replication, List.copyOf(claims));
  }

  PutOptions options() {
    return new PutOptions(true, false, replication, List.copyOf(claims));
  }
}
