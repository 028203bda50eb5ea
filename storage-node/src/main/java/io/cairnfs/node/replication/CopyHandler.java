package io.cairnfs.node.replication;

import com.google.protobuf.ByteString;
import io.cairnfs.node.blocks.StoreErrors;
import io.cairnfs.node.store.BlockStat;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.block.ClaimMessages;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.repair.message.CopiedBlock;
import io.cairnfs.protocol.repair.message.CopyReply;
import io.cairnfs.protocol.repair.message.CopyRequest;
import io.cairnfs.protocol.transport.Caller;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Handler;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Gives a peer blocks with what holds them here, as many as fit a reply. */
final class CopyHandler implements Handler<CopyRequest, CopyReply> {

  private final BlockStore store;

  CopyHandler(BlockStore store) {
    this.store = store;
  }

  @Override
  public Envelope<CopyReply> handle(Caller caller, Envelope<CopyRequest> request, Duration timeout)
      throws WireException, InterruptedException {
    List<ByteString> digests = request.message().getDigestList();
    if (digests.isEmpty() || digests.size() > BlockLimits.MAX_BATCH_BLOCKS) {
      throw new WireException(WireError.MALFORMED, digests.size() + " blocks to copy");
    }
    CopyReply.Builder reply = CopyReply.newBuilder();
    List<byte[]> bodies = new ArrayList<>();
    long bytes = 0;
    for (ByteString digest : digests) {
      try {
        bytes += copy(Digests.decode(digest), bytes, reply.addBlockBuilder(), bodies);
      } catch (StoreException e) {
        reply
            .getBlockBuilder(reply.getBlockCount() - 1)
            .clear()
            .setStatus(StoreErrors.toWire(e).error().number());
      }
    }
    return new Envelope<>(reply.build(), bodies);
  }

  /** Returns how many bytes of bodies that adds. */
  private int copy(Key256 digest, long bytes, CopiedBlock.Builder reply, List<byte[]> bodies)
      throws StoreException, InterruptedException {
    BlockStat stat = store.stat(digest);
    if (stat == null || stat.garbage()) {
      reply.setStatus(WireError.NOT_FOUND.number());
      return 0;
    }
    if (bytes > 0 && bytes + stat.sizeBytes() > BlockLimits.MAX_BATCH_BYTES) {
      reply.setStatus(WireError.TOO_LARGE.number());
      return 0;
    }
    byte[] body = store.get(digest);
    reply.setReplication(stat.replication());
    store.claims(digest).forEach(claim -> reply.addClaim(ClaimMessages.encode(claim)));
    bodies.add(body);
    return body.length;
  }
}
