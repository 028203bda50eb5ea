package io.cairnfs.node.replication;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.node.blocks.StoreErrors;
import io.cairnfs.node.store.BlockStat;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.ListedBlock;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.block.Redundancy;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.repair.RepairLimits;
import io.cairnfs.protocol.repair.message.ReleaseReply;
import io.cairnfs.protocol.repair.message.ReleaseRequest;
import io.cairnfs.protocol.transport.Caller;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Handler;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Drops shards that are to be elsewhere, when the node that should keep them says that it does. Who
 * asks is not believed.
 */
final class ReleaseHandler implements Handler<ReleaseRequest, ReleaseReply> {

  private final BlockStore store;
  private final DesignatedReplicas replicas;
  private final Offers offers;
  private final Dropping dropping;

  /** The end of one release must not end what another one has said of the same shard. */
  private final ReentrantLock oneAtATime = new ReentrantLock();

  ReleaseHandler(BlockStore store, DesignatedReplicas replicas, Offers offers, Dropping dropping) {
    this.store = store;
    this.replicas = replicas;
    this.offers = offers;
    this.dropping = dropping;
  }

  @Override
  public Envelope<ReleaseReply> handle(
      Caller caller, Envelope<ReleaseRequest> request, Duration timeout)
      throws WireException, InterruptedException {
    List<Key256> digests = new ArrayList<>();
    if (request.message().getDigestCount() > RepairLimits.MAX_OFFERED) {
      throw new WireException(
          WireError.TOO_LARGE, "at most " + RepairLimits.MAX_OFFERED + " shards are released");
    }
    for (var digest : request.message().getDigestList()) {
      digests.add(Digests.decode(digest));
    }
    NodeRecord keeper = keeper(new NodeId(Digests.decode(request.message().getKeeper())));
    try {
      int dropped = keeper == null ? 0 : release(digests, keeper);
      return Envelope.of(ReleaseReply.newBuilder().setDropped(dropped).build());
    } catch (StoreException e) {
      throw StoreErrors.toWire(e);
    }
  }

  private @Nullable NodeRecord keeper(NodeId id) {
    return replicas.peers().stream().filter(node -> node.id().equals(id)).findFirst().orElse(null);
  }

  private int release(List<Key256> digests, NodeRecord keeper)
      throws StoreException, InterruptedException {
    List<ListedBlock> shards = new ArrayList<>();
    for (Key256 digest : digests) {
      BlockStat stat = store.stat(digest);
      if (stat != null && Redundancy.isShard(stat.replication())) {
        ListedBlock shard = new ListedBlock(digest, stat);
        if (shard.isSound()) {
          shards.add(shard);
        }
      }
    }
    oneAtATime.lockInterruptibly();
    try {
      dropping.begin(digests);
      try {
        return store.drop(offers.confirm(shards, keeper));
      } finally {
        dropping.end(digests);
      }
    } finally {
      oneAtATime.unlock();
    }
  }
}
