package io.cairnfs.node.replication;

import io.cairnfs.node.blocks.StoreErrors;
import io.cairnfs.node.store.BlockStat;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.block.ClaimMessages;
import io.cairnfs.protocol.block.Redundancy;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.repair.RepairLimits;
import io.cairnfs.protocol.repair.message.OfferReply;
import io.cairnfs.protocol.repair.message.OfferReply.Answer;
import io.cairnfs.protocol.repair.message.OfferRequest;
import io.cairnfs.protocol.repair.message.OfferedBlock;
import io.cairnfs.protocol.transport.Caller;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Handler;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Says which of the blocks that a peer holds for others are safe here, and notes those that should
 * be here and are not.
 */
final class OfferHandler implements Handler<OfferRequest, OfferReply> {

  private final BlockStore store;
  private final DesignatedReplicas replicas;
  private final MissingBlocks missing;
  private final Dropping dropping;
  private final BooleanSupplier catchingUp;

  /**
   * @param catchingUp whether what is not here is probably on its way already
   */
  OfferHandler(
      BlockStore store,
      DesignatedReplicas replicas,
      MissingBlocks missing,
      Dropping dropping,
      BooleanSupplier catchingUp) {
    this.store = store;
    this.replicas = replicas;
    this.missing = missing;
    this.dropping = dropping;
    this.catchingUp = catchingUp;
  }

  private record Offered(Key256 digest, Wanted wanted) {}

  @Override
  public Envelope<OfferReply> handle(
      Caller caller, Envelope<OfferRequest> request, Duration timeout)
      throws WireException, InterruptedException {
    List<OfferedBlock> blocks = request.message().getBlockList();
    if (blocks.size() > RepairLimits.MAX_OFFERED) {
      throw new WireException(
          WireError.TOO_LARGE, "an offer has at most " + RepairLimits.MAX_OFFERED + " blocks");
    }
    List<Offered> offered = new ArrayList<>(blocks.size());
    for (OfferedBlock block : blocks) {
      offered.add(decode(block));
    }
    try {
      claim(offered);
      OfferReply.Builder reply = OfferReply.newBuilder();
      for (Offered one : offered) {
        reply.addAnswer(answer(caller.id(), one));
      }
      return Envelope.of(reply.build());
    } catch (StoreException e) {
      throw StoreErrors.toWire(e);
    }
  }

  private static Offered decode(OfferedBlock block) throws WireException {
    if (!Redundancy.isValid(block.getReplication())) {
      throw new WireException(WireError.MALFORMED, "a replication that nobody may ask for");
    }
    Set<Claim> claims = new HashSet<>();
    for (io.cairnfs.protocol.block.message.Claim claim : block.getClaimList()) {
      claims.add(ClaimMessages.decode(claim));
    }
    return new Offered(
        Digests.decode(block.getDigest()), new Wanted(block.getReplication(), claims));
  }

  /** What holds the blocks at the peer holds them here, before anything is promised. */
  private void claim(List<Offered> offered) throws StoreException, InterruptedException {
    Map<Claim, List<Key256>> byClaim = new HashMap<>();
    for (Offered one : offered) {
      for (Claim claim : isMine(one) ? one.wanted.claims() : Set.<Claim>of()) {
        byClaim.computeIfAbsent(claim, c -> new ArrayList<>()).add(one.digest);
      }
    }
    for (Map.Entry<Claim, List<Key256>> claim : byClaim.entrySet()) {
      store.claim(claim.getValue(), claim.getKey());
    }
  }

  private boolean isMine(Offered offered) throws StoreException, InterruptedException {
    if (dropping.contains(offered.digest)) {
      return false;
    }
    if (Redundancy.isShard(offered.wanted.replication())) {
      // A shard belongs where it is; it is asked for by whoever keeps its stripe, and by nobody
      // else.
      BlockStat stat = store.stat(offered.digest);
      return stat != null && !stat.quarantined();
    }
    return replicas.isDesignated(replicas.self(), offered.digest, offered.wanted.replication());
  }

  private Answer answer(NodeId peer, Offered offered) throws StoreException, InterruptedException {
    if (!isMine(offered)) {
      return Answer.NOT_MINE;
    }
    BlockStat stat = store.stat(offered.digest);
    if (stat == null || stat.quarantined()) {
      if (!catchingUp.getAsBoolean()) {
        missing.add(offered.digest, offered.wanted, Set.of(peer));
      }
      return Answer.WANTED;
    }
    // Garbage is not kept, unless what holds it at the peer has just saved it.
    return stat.garbage() ? Answer.NOT_MINE : Answer.KEPT;
  }
}
