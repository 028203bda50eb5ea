package io.cairnfs.node.replication;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.ListedBlock;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.store.SurplusCopy;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.block.ClaimMessages;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.repair.RepairMethods;
import io.cairnfs.protocol.repair.message.OfferReply;
import io.cairnfs.protocol.repair.message.OfferRequest;
import io.cairnfs.protocol.repair.message.OfferedBlock;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the designated replicas of blocks whether they have them, and tells them to get them. */
final class Offers implements Confirmation {

  private static final Logger LOG = LoggerFactory.getLogger(Offers.class);

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final BlockStore store;
  private final DesignatedReplicas replicas;
  private final Transport transport;

  Offers(BlockStore store, DesignatedReplicas replicas, Transport transport) {
    this.store = store;
    this.replicas = replicas;
    this.transport = transport;
  }

  /** A block with those who have not said yet that they have it. */
  private record Open(ListedBlock block, Set<Claim> claims, Set<NodeId> lacking) {}

  @Override
  public List<SurplusCopy> confirm(List<ListedBlock> blocks)
      throws StoreException, InterruptedException {
    Map<NodeId, NodeRecord> up =
        replicas.peers().stream()
            .filter(peer -> replicas.isUp(peer.id()))
            .collect(Collectors.toMap(NodeRecord::id, peer -> peer));
    List<Open> open = new ArrayList<>();
    Map<NodeId, List<Open>> byNode = new LinkedHashMap<>();
    for (ListedBlock block : blocks) {
      List<NodeId> designated = replicas.designated(block.digest(), block.stat().replication());
      // Those that are down answer when they are back.
      if (!designated.isEmpty() && up.keySet().containsAll(designated)) {
        Open one = open(block, designated);
        open.add(one);
        designated.forEach(node -> byNode.computeIfAbsent(node, n -> new ArrayList<>()).add(one));
      }
    }
    for (Map.Entry<NodeId, List<Open>> node : byNode.entrySet()) {
      offer(Objects.requireNonNull(up.get(node.getKey())), node.getValue());
    }
    return kept(open);
  }

  /**
   * Offers shards to a node that should keep them.
   *
   * @return those that it has, with the claims that it was told
   */
  List<SurplusCopy> confirm(List<ListedBlock> shards, NodeRecord keeper)
      throws StoreException, InterruptedException {
    List<Open> open = new ArrayList<>();
    for (ListedBlock shard : shards) {
      open.add(open(shard, List.of(keeper.id())));
    }
    if (!open.isEmpty()) {
      offer(keeper, open);
    }
    return kept(open);
  }

  private Open open(ListedBlock block, List<NodeId> lacking)
      throws StoreException, InterruptedException {
    Set<Claim> claims = Set.copyOf(store.claims(block.digest()));
    return new Open(block, claims, new HashSet<>(lacking));
  }

  private static List<SurplusCopy> kept(List<Open> open) {
    return open.stream()
        .filter(one -> one.lacking.isEmpty())
        .map(one -> new SurplusCopy(one.block.digest(), one.claims))
        .toList();
  }

  private void offer(NodeRecord node, List<Open> blocks) throws InterruptedException {
    OfferRequest.Builder request = OfferRequest.newBuilder();
    for (Open one : blocks) {
      OfferedBlock.Builder offered =
          request
              .addBlockBuilder()
              .setDigest(Digests.encode(one.block.digest()))
              .setReplication(one.block.stat().replication());
      one.claims.forEach(claim -> offered.addClaim(ClaimMessages.encode(claim)));
    }
    try {
      OfferReply reply =
          transport
              .request(node.peer(), RepairMethods.OFFER, Envelope.of(request.build()), TIMEOUT)
              .message();
      if (reply.getAnswerCount() != blocks.size()) {
        throw new WireException(WireError.MALFORMED, "an offer was answered for other blocks");
      }
      for (int i = 0; i < blocks.size(); i++) {
        if (reply.getAnswer(i) == OfferReply.Answer.KEPT) {
          blocks.get(i).lacking.remove(node.id());
        }
      }
    } catch (WireException e) {
      LOG.debug("{} takes no offer: {}", node.id(), e.getMessage());
    }
  }
}
