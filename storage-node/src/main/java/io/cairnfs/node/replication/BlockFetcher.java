package io.cairnfs.node.replication;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.block.message.GetBlocksReply;
import io.cairnfs.protocol.block.message.GetBlocksRequest;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Fetches blocks from a peer by their digests. What it returns is not verified: the store does
 * that. Thread-safe.
 */
final class BlockFetcher {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /**
   * What a peer answered.
   *
   * @param blocks those that it sent
   * @param refused the error for each that it could not send
   * @param later those that did not fit the reply
   */
  record Fetched(List<Block> blocks, Map<Key256, WireError> refused, List<Key256> later) {}

  private final Transport transport;

  BlockFetcher(Transport transport) {
    this.transport = transport;
  }

  /**
   * @param digests at most {@link BlockLimits#MAX_BATCH_BLOCKS}
   */
  Fetched fetch(Peer peer, List<Key256> digests) throws WireException, InterruptedException {
    List<Cid> cids =
        digests.stream().map(digest -> Cid.ofSha256(Codec.RAW, digest.toBytes())).toList();
    GetBlocksRequest.Builder request = GetBlocksRequest.newBuilder();
    cids.forEach(cid -> request.addCid(ByteString.copyFrom(cid.toBytes())));
    Envelope<GetBlocksReply> reply =
        transport.request(peer, BlockMethods.GET, Envelope.of(request.build()), TIMEOUT);
    List<Integer> statuses = reply.message().getStatusList();
    long sent = statuses.stream().filter(status -> status == 0).count();
    if (statuses.size() != cids.size() || sent != reply.bodies().size()) {
      throw new WireException(
          WireError.MALFORMED, "a get was answered with another number of blocks");
    }
    return sort(cids, statuses, reply.bodies());
  }

  private static Fetched sort(List<Cid> cids, List<Integer> statuses, List<byte[]> bodies) {
    Fetched fetched = new Fetched(new ArrayList<>(), new HashMap<>(), new ArrayList<>());
    int body = 0;
    for (int i = 0; i < cids.size(); i++) {
      Cid cid = cids.get(i);
      if (statuses.get(i) == 0) {
        fetched.blocks().add(new Block(cid, bodies.get(body++)));
        continue;
      }
      WireError error = WireError.of(statuses.get(i));
      // The first of a batch fits every reply; so asking again ends.
      if (error == WireError.TOO_LARGE && i > 0) {
        fetched.later().add(cid.key());
      } else {
        fetched.refused().put(cid.key(), error);
      }
    }
    return fetched;
  }
}
