package io.cairnfs.node.replication;

import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.repair.message.OfferRequest;
import io.cairnfs.protocol.repair.message.OfferedBlock;
import io.cairnfs.protocol.transport.Caller;
import io.cairnfs.protocol.transport.Envelope;
import java.time.Duration;

/** Offers one block to a handler. */
final class OfferCalls {

  private OfferCalls() {}

  static String answer(OfferHandler handler, NodeId caller, Key256 digest) throws Exception {
    OfferRequest request =
        OfferRequest.newBuilder()
            .addBlock(OfferedBlock.newBuilder().setDigest(Digests.encode(digest)).setReplication(1))
            .build();
    return handler
        .handle(new Caller(caller, null), Envelope.of(request), Duration.ofSeconds(1))
        .message()
        .getAnswer(0)
        .name();
  }
}
