package io.cairnfs.node.replication;

import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.block.ClaimMessages;
import io.cairnfs.protocol.block.Redundancy;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.repair.RepairMethods;
import io.cairnfs.protocol.repair.message.CopiedBlock;
import io.cairnfs.protocol.repair.message.CopyReply;
import io.cairnfs.protocol.repair.message.CopyRequest;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Copies blocks from a peer into the store, together with what holds them there. The store verifies
 * what comes. Thread-safe.
 */
final class BlockCopier {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /**
   * What came of it.
   *
   * @param stored those that are here now
   * @param absent those that the peer does not have
   * @param refused those that it could not give, or gave wrongly
   * @param bytes of bodies that came
   */
  record Copied(List<Key256> stored, List<Key256> absent, List<Key256> refused, long bytes) {}

  private final Transport transport;
  private final BlockStore store;

  BlockCopier(Transport transport, BlockStore store) {
    this.transport = transport;
    this.store = store;
  }

  /**
   * Copies as many as fit a reply; what is neither stored nor refused then is to be asked for
   * again.
   *
   * @param digests at most {@link BlockLimits#MAX_BATCH_BLOCKS}
   * @param wanted what is known already of how each is to be stored
   */
  Copied copy(Peer peer, List<Key256> digests, Function<Key256, Wanted> wanted)
      throws WireException, StoreException, InterruptedException {
    CopyRequest.Builder request = CopyRequest.newBuilder();
    digests.forEach(digest -> request.addDigest(Digests.encode(digest)));
    Envelope<CopyReply> reply =
        transport.request(peer, RepairMethods.COPY, Envelope.of(request.build()), TIMEOUT);
    List<CopiedBlock> answers = reply.message().getBlockList();
    long sent = answers.stream().filter(answer -> answer.getStatus() == 0).count();
    if (answers.size() != digests.size() || sent != reply.bodies().size()) {
      throw new WireException(
          WireError.MALFORMED, "a copy was answered with another number of blocks");
    }
    return keep(digests, answers, reply.bodies(), wanted);
  }

  private Copied keep(
      List<Key256> digests,
      List<CopiedBlock> answers,
      List<byte[]> bodies,
      Function<Key256, Wanted> wanted)
      throws WireException, StoreException, InterruptedException {
    Copied copied =
        new Copied(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), bytes(bodies));
    Map<Wanted, List<Block>> alike = new HashMap<>();
    int body = 0;
    for (int i = 0; i < digests.size(); i++) {
      Key256 digest = digests.get(i);
      CopiedBlock answer = answers.get(i);
      if (answer.getStatus() == 0) {
        Block block = new Block(Cid.ofSha256(Codec.RAW, digest.toBytes()), bodies.get(body++));
        if (block.cid().matches(block.bytes())) {
          alike
              .computeIfAbsent(merge(wanted.apply(digest), answer), k -> new ArrayList<>())
              .add(block);
        } else {
          copied.refused.add(digest);
        }
      } else if (answer.getStatus() == WireError.NOT_FOUND.number()) {
        copied.absent.add(digest);
      } else if (answer.getStatus() != WireError.TOO_LARGE.number()) {
        copied.refused.add(digest);
      }
    }
    for (Map.Entry<Wanted, List<Block>> group : alike.entrySet()) {
      store.put(group.getValue(), group.getKey().verifiedOptions());
      group.getValue().forEach(block -> copied.stored.add(block.cid().key()));
    }
    return copied;
  }

  private static long bytes(List<byte[]> bodies) {
    return bodies.stream().mapToLong(body -> body.length).sum();
  }

  /** What both say holds the block, and the higher replication. */
  private static Wanted merge(Wanted wanted, CopiedBlock answer) throws WireException {
    if (!Redundancy.isValid(answer.getReplication())) {
      throw new WireException(WireError.MALFORMED, "a replication that nobody may ask for");
    }
    Set<Claim> claims = new HashSet<>(wanted.claims());
    for (io.cairnfs.protocol.block.message.Claim claim : answer.getClaimList()) {
      claims.add(ClaimMessages.decode(claim));
    }
    return new Wanted(Math.max(wanted.replication(), answer.getReplication()), claims);
  }
}
