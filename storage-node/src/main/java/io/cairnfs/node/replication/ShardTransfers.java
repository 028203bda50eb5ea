package io.cairnfs.node.replication;

import com.google.protobuf.ByteString;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.block.ClaimMessages;
import io.cairnfs.protocol.block.Redundancy;
import io.cairnfs.protocol.block.message.HaveBlocksReply;
import io.cairnfs.protocol.block.message.HaveBlocksRequest;
import io.cairnfs.protocol.block.message.PutBlocksRequest;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.repair.RepairMethods;
import io.cairnfs.protocol.repair.message.CopiedBlock;
import io.cairnfs.protocol.repair.message.CopyReply;
import io.cairnfs.protocol.repair.message.CopyRequest;
import io.cairnfs.protocol.repair.message.ReleaseRequest;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Asks nodes for shards, this one included, and gives them shards, with what holds them.
 * Thread-safe.
 */
final class ShardTransfers {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Transport transport;

  ShardTransfers(Transport transport) {
    this.transport = transport;
  }

  /**
   * A shard as a node has it.
   *
   * @param block verified
   * @param claims what holds it there
   */
  record Held(Block block, Set<Claim> claims) {

    Held {
      claims = Set.copyOf(claims);
    }
  }

  /** Those of some shards that a node has, and that are not known to be damaged. */
  Set<Cid> present(NodeRecord node, List<Cid> shards) throws WireException, InterruptedException {
    HaveBlocksRequest.Builder request = HaveBlocksRequest.newBuilder();
    shards.forEach(shard -> request.addCid(binary(shard)));
    HaveBlocksReply reply =
        transport
            .request(node.peer(), BlockMethods.HAVE, Envelope.of(request.build()), TIMEOUT)
            .message();
    Set<Cid> present = new HashSet<>();
    ByteString bits = reply.getPresent();
    for (int i = 0; i < shards.size() && i / Byte.SIZE < bits.size(); i++) {
      if (((bits.byteAt(i / Byte.SIZE) >> (i % Byte.SIZE)) & 1) != 0) {
        present.add(shards.get(i));
      }
    }
    return present;
  }

  /**
   * Reads a shard.
   *
   * @throws WireException {@code NOT_FOUND}, {@code CORRUPT} and the like; {@code WRONG_HASH} for
   *     other bytes
   */
  Held get(NodeRecord node, Cid shard) throws WireException, InterruptedException {
    CopyRequest request = CopyRequest.newBuilder().addDigest(Digests.encode(shard.key())).build();
    Envelope<CopyReply> reply =
        transport.request(node.peer(), RepairMethods.COPY, Envelope.of(request), TIMEOUT);
    if (reply.message().getBlockCount() != 1) {
      throw new WireException(WireError.MALFORMED, "a copy was answered with another number");
    }
    CopiedBlock answer = reply.message().getBlock(0);
    if (answer.getStatus() != 0) {
      throw new WireException(WireError.of(answer.getStatus()), "shard " + shard);
    }
    if (reply.bodies().size() != 1 || !shard.matches(reply.bodies().getFirst())) {
      throw new WireException(WireError.WRONG_HASH, "body of shard " + shard);
    }
    Set<Claim> claims = new HashSet<>();
    for (io.cairnfs.protocol.block.message.Claim claim : answer.getClaimList()) {
      claims.add(ClaimMessages.decode(claim));
    }
    return new Held(new Block(shard, reply.bodies().getFirst()), claims);
  }

  /** Stores a shard; it is durable there when this returns, and held by all of its claims. */
  void put(NodeRecord node, Held shard) throws WireException, InterruptedException {
    PutBlocksRequest.Builder request =
        PutBlocksRequest.newBuilder()
            .addCid(binary(shard.block().cid()))
            .setDurable(true)
            .setReplication(Redundancy.SHARD);
    List<Claim> claims = List.copyOf(shard.claims());
    if (!claims.isEmpty()) {
      request.setClaim(ClaimMessages.encode(claims.getFirst()));
    }
    transport.request(
        node.peer(),
        BlockMethods.PUT,
        new Envelope<>(request.build(), List.of(shard.block().bytes())),
        TIMEOUT);
    for (Claim claim : claims.isEmpty() ? claims : claims.subList(1, claims.size())) {
      HaveBlocksRequest more =
          HaveBlocksRequest.newBuilder()
              .addCid(binary(shard.block().cid()))
              .setClaim(ClaimMessages.encode(claim))
              .build();
      transport.request(node.peer(), BlockMethods.HAVE, Envelope.of(more), TIMEOUT);
    }
  }

  /** Has a node drop a shard if another one says that it keeps it. */
  void release(NodeRecord node, Cid shard, NodeRecord keeper)
      throws WireException, InterruptedException {
    ReleaseRequest request =
        ReleaseRequest.newBuilder()
            .addDigest(Digests.encode(shard.key()))
            .setKeeper(Digests.encode(keeper.id().key()))
            .build();
    transport.request(node.peer(), RepairMethods.RELEASE, Envelope.of(request), TIMEOUT);
  }

  private static ByteString binary(Cid cid) {
    return ByteString.copyFrom(cid.toBytes());
  }
}
