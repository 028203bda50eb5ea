package io.cairnfs.client.block;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.block.ClaimMessages;
import io.cairnfs.protocol.block.message.BlockRange;
import io.cairnfs.protocol.block.message.GetBlocksReply;
import io.cairnfs.protocol.block.message.GetBlocksRequest;
import io.cairnfs.protocol.block.message.GetRangesReply;
import io.cairnfs.protocol.block.message.GetRangesRequest;
import io.cairnfs.protocol.block.message.HaveBlocksReply;
import io.cairnfs.protocol.block.message.HaveBlocksRequest;
import io.cairnfs.protocol.block.message.PutBlocksRequest;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Speaks the block methods with nodes over a transport, in process or not. Believes what they send.
 */
public final class RemoteNodeBlocks implements NodeBlocks {

  private final Transport transport;
  private final int replication;
  private final boolean pin;
  private final @Nullable Claims claims;

  /**
   * @param replication how many replicas the volume's blocks should have; told to the nodes with
   *     each block
   */
  public RemoteNodeBlocks(Transport transport, int replication) {
    this(transport, replication, false, null);
  }

  /**
   * @param pin whether each node pins what is put there: for blocks that no volume refers to
   * @param claims what holds blocks for the volume that they are of; null for none
   */
  RemoteNodeBlocks(Transport transport, int replication, boolean pin, @Nullable Claims claims) {
    this.pin = pin;
    this.claims = claims;
    this.transport = transport;
    this.replication = replication;
  }

  @Override
  public byte[] get(Peer node, Cid cid, Duration timeout)
      throws WireException, InterruptedException {
    GetBlocksRequest request =
        GetBlocksRequest.newBuilder().addCid(ByteString.copyFrom(cid.toBytes())).build();
    Envelope<GetBlocksReply> reply =
        transport.request(node, BlockMethods.GET, Envelope.of(request), timeout);
    byte[] body = onlyBody(cid, reply.message().getStatusList(), reply.bodies());
    if (body.length > BlockLimits.MAX_ACCEPTED_BYTES) {
      throw new WireException(WireError.MALFORMED, "no block has " + body.length + " bytes");
    }
    return body;
  }

  @Override
  public byte[] get(Peer node, Chunk chunk, Duration timeout)
      throws WireException, InterruptedException {
    BlockRange range =
        BlockRange.newBuilder()
            .setCid(ByteString.copyFrom(chunk.block().toBytes()))
            .setOffset(chunk.offset())
            .setLength(chunk.length())
            .build();
    Envelope<GetRangesReply> reply =
        transport.request(
            node,
            BlockMethods.GET_RANGES,
            Envelope.of(GetRangesRequest.newBuilder().addRange(range).build()),
            timeout);
    byte[] body = onlyBody(chunk.block(), reply.message().getStatusList(), reply.bodies());
    if (body.length != chunk.length()) {
      throw new WireException(
          WireError.MALFORMED, body.length + " bytes came for a range of " + chunk.length());
    }
    return body;
  }

  /** The body of the answer to a request for one. */
  private static byte[] onlyBody(Cid cid, List<Integer> statuses, List<byte[]> bodies)
      throws WireException {
    if (statuses.size() != 1) {
      throw new WireException(
          WireError.MALFORMED, "a get of one block was answered with another number");
    }
    int status = statuses.getFirst();
    if (status != 0) {
      throw new WireException(WireError.of(status), "block " + cid);
    }
    if (bodies.size() != 1) {
      throw new WireException(
          WireError.MALFORMED, "a get of one block was answered without its body");
    }
    return bodies.getFirst();
  }

  @Override
  public void put(Peer node, List<Block> blocks, Duration timeout)
      throws WireException, InterruptedException {
    PutBlocksRequest.Builder request =
        PutBlocksRequest.newBuilder().setDurable(true).setPin(pin).setReplication(replication);
    if (claims != null) {
      request.setClaim(ClaimMessages.encode(claims.current()));
    }
    blocks.forEach(block -> request.addCid(ByteString.copyFrom(block.cid().toBytes())));
    List<byte[]> bodies = blocks.stream().map(Block::bytes).toList();
    transport.request(node, BlockMethods.PUT, new Envelope<>(request.build(), bodies), timeout);
  }

  @Override
  public Set<Cid> have(Peer node, List<Cid> cids, Duration timeout)
      throws WireException, InterruptedException {
    Set<Cid> present = new HashSet<>();
    for (int from = 0; from < cids.size(); from += BlockLimits.MAX_BATCH_CIDS) {
      List<Cid> page = cids.subList(from, Math.min(cids.size(), from + BlockLimits.MAX_BATCH_CIDS));
      HaveBlocksRequest.Builder request = HaveBlocksRequest.newBuilder();
      if (claims != null) {
        request.setClaim(ClaimMessages.encode(claims.current()));
      }
      page.forEach(cid -> request.addCid(ByteString.copyFrom(cid.toBytes())));
      Envelope<HaveBlocksReply> reply =
          transport.request(node, BlockMethods.HAVE, Envelope.of(request.build()), timeout);
      addPresent(page, reply.message().getPresent(), present);
    }
    return present;
  }

  private static void addPresent(List<Cid> page, ByteString bits, Set<Cid> present) {
    for (int i = 0; i < page.size() && i / Byte.SIZE < bits.size(); i++) {
      if ((bits.byteAt(i / Byte.SIZE) >> (i % Byte.SIZE) & 1) != 0) {
        present.add(page.get(i));
      }
    }
  }

  @Override
  public long claimEpoch() {
    return claims == null ? 0 : claims.current().epoch();
  }

  @Override
  public void sweepOpened(long sweep) {
    if (claims != null) {
      claims.heard(sweep);
    }
  }
}
