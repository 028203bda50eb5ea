package io.cairnfs.client.sweep;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.block.ClaimMessages;
import io.cairnfs.protocol.block.message.ClaimedBlock;
import io.cairnfs.protocol.block.message.ClaimedBlocksReply;
import io.cairnfs.protocol.block.message.ClaimedBlocksRequest;
import io.cairnfs.protocol.block.message.HaveBlocksReply;
import io.cairnfs.protocol.block.message.HaveBlocksRequest;
import io.cairnfs.protocol.block.message.SweptRequest;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A volume's claims at one node, that the caller names. Blocking; thread-safe. */
final class NodeClaims {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** How often a request is repeated that got no answer. */
  private static final int TRIES = 3;

  /** A block that the volume claims there. */
  record Claimed(Key256 digest, int sizeBytes) {}

  /**
   * Some of them.
   *
   * @param through every claim up to this block was looked at; null if there are no more
   */
  record Page(List<Claimed> claimed, @Nullable Key256 through) {}

  private final Transport transport;

  NodeClaims(Transport transport) {
    this.transport = transport;
  }

  /**
   * What the volume claims there by sweeps before one.
   *
   * @param only the node notes nothing of this
   */
  Page older(Peer node, Claim sweep, boolean only, @Nullable Key256 after)
      throws WireException, InterruptedException {
    ClaimedBlocksRequest request =
        ClaimedBlocksRequest.newBuilder()
            .setVolume(ClaimMessages.encode(sweep.volume()))
            .setEpoch(sweep.epoch())
            .setLook(only)
            .setAfter(after == null ? ByteString.EMPTY : ByteString.copyFrom(after.toBytes()))
            .build();
    ClaimedBlocksReply reply = ask(node, BlockMethods.CLAIMED, request);
    List<Claimed> claimed = new ArrayList<>(reply.getBlockCount());
    for (ClaimedBlock block : reply.getBlockList()) {
      claimed.add(new Claimed(digest(block.getDigest()), block.getSizeBytes()));
    }
    return new Page(claimed, reply.getThrough().isEmpty() ? null : digest(reply.getThrough()));
  }

  private static Key256 digest(ByteString encoded) throws WireException {
    if (encoded.size() != Key256.BYTES) {
      throw new WireException(WireError.MALFORMED, "a digest has another length");
    }
    return Key256.of(encoded.toByteArray());
  }

  /**
   * Claims blocks there.
   *
   * @return how many of them the node has
   */
  int claim(Peer node, Claim claim, List<Key256> digests)
      throws WireException, InterruptedException {
    int present = 0;
    for (int from = 0; from < digests.size(); from += BlockLimits.MAX_BATCH_CIDS) {
      HaveBlocksRequest.Builder request =
          HaveBlocksRequest.newBuilder().setClaim(ClaimMessages.encode(claim));
      for (Key256 digest :
          digests.subList(from, Math.min(digests.size(), from + BlockLimits.MAX_BATCH_CIDS))) {
        Cid cid = Cid.ofSha256(Codec.RAW, digest.toBytes());
        request.addCid(ByteString.copyFrom(cid.toBytes()));
      }
      HaveBlocksReply reply = ask(node, BlockMethods.HAVE, request.build());
      for (byte bits : reply.getPresent().toByteArray()) {
        present += Integer.bitCount(bits & 0xff);
      }
    }
    return present;
  }

  /** Says that a sweep is closed, and that this node has all its marks. */
  void swept(Peer node, Claim sweep) throws WireException, InterruptedException {
    SweptRequest request =
        SweptRequest.newBuilder()
            .setVolume(ClaimMessages.encode(sweep.volume()))
            .setEpoch(sweep.epoch())
            .build();
    ask(node, BlockMethods.SWEPT, request);
  }

  private <Q extends MessageLite, R extends MessageLite> R ask(
      Peer node, Method<Q, R> method, Q request) throws WireException, InterruptedException {
    for (int tried = 1; ; tried++) {
      try {
        return transport.request(node, method, Envelope.of(request), TIMEOUT).message();
      } catch (WireException e) {
        if (tried == TRIES || !e.error().isTransient()) {
          throw e;
        }
      }
    }
  }
}
