package io.cairnfs.node.replication;

import com.google.protobuf.ByteString;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.repair.RepairMethods;
import io.cairnfs.protocol.repair.message.CompareReply;
import io.cairnfs.protocol.repair.message.CompareRequest;
import io.cairnfs.protocol.repair.message.RangeDifference;
import io.cairnfs.protocol.repair.message.RangeFingerprint;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One comparison of what is here with what one peer has, from a place of the key space on: goes
 * down into ranges that differ, and gathers the blocks that the peer has and this node lacks.
 * Confined to one thread.
 */
final class PairComparison {

  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  /** Own fingerprints may have to be read anew; a request goes out with those that are ready. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final int BATCH = KeyRange.PARTS;

  private final BlockStore store;
  private final DesignatedReplicas replicas;
  private final PairFingerprints fingerprints;
  private final Transport transport;
  private final NodeRecord peer;
  private final Deque<KeyRange> todo = new ArrayDeque<>();
  private final Set<Key256> lacking = new LinkedHashSet<>();
  private int messages;
  private long bytes;

  /**
   * @param from the first of the parts of the key space to look at
   */
  PairComparison(
      BlockStore store,
      DesignatedReplicas replicas,
      PairFingerprints fingerprints,
      Transport transport,
      NodeRecord peer,
      int from) {
    this.store = store;
    this.replicas = replicas;
    this.fingerprints = fingerprints;
    this.transport = transport;
    this.peer = peer;
    todo.addAll(KeyRange.ALL.parts().subList(from, KeyRange.PARTS));
  }

  NodeRecord peer() {
    return peer;
  }

  boolean isDone() {
    return todo.isEmpty();
  }

  /** Up to which of the parts of the key space everything was looked at. */
  int through() {
    KeyRange next = todo.peekFirst();
    return next == null ? KeyRange.PARTS : next.prefix() >>> (next.bits() - KeyRange.STEP_BITS);
  }

  /** What the peer has and this node lacks, as far as it was found. */
  Set<Key256> lacking() {
    return lacking;
  }

  /** Requests that were sent. */
  int messages() {
    return messages;
  }

  /** Bytes of messages, those of replies included. */
  long bytes() {
    return bytes;
  }

  /** Asks about some ranges. */
  void step() throws WireException, StoreException, InterruptedException {
    List<KeyRange> asked = new ArrayList<>();
    CompareRequest.Builder request = CompareRequest.newBuilder();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (asked.size() < BATCH
        && !todo.isEmpty()
        && (asked.isEmpty() || System.nanoTime() - deadline < 0)) {
      KeyRange range = todo.removeFirst();
      asked.add(range);
      Fingerprint here = fingerprints.of(peer.id(), range);
      request.addRange(
          RangeFingerprint.newBuilder()
              .setBits(range.bits())
              .setPrefix(range.prefix())
              .setSum(here.sum())
              .setCount(here.count()));
    }
    take(asked, ask(asked, request.build()));
  }

  private CompareReply ask(List<KeyRange> asked, CompareRequest request)
      throws WireException, InterruptedException {
    CompareReply reply =
        transport
            .request(peer.peer(), RepairMethods.COMPARE, Envelope.of(request), TIMEOUT)
            .message();
    messages++;
    bytes += request.getSerializedSize() + reply.getSerializedSize();
    if (reply.getAnswered() < 1 || reply.getAnswered() > asked.size()) {
      throw nonsense();
    }
    return reply;
  }

  private WireException nonsense() {
    return new WireException(WireError.MALFORMED, peer.id() + " compares nonsense");
  }

  private void take(List<KeyRange> asked, CompareReply reply)
      throws WireException, StoreException, InterruptedException {
    List<KeyRange> next = new ArrayList<>();
    for (RangeDifference difference : reply.getDifferenceList()) {
      if (difference.getRange() < 0 || difference.getRange() >= reply.getAnswered()) {
        throw nonsense();
      }
      KeyRange range = asked.get(difference.getRange());
      if (difference.getPartSumCount() > 0) {
        next.addAll(differing(range, difference));
      } else {
        note(range, difference.getKeys());
      }
    }
    next.addAll(asked.subList(reply.getAnswered(), asked.size()));
    next.reversed().forEach(todo::addFirst);
  }

  /** The parts of a range in which the peer has anything, and not the same as is here. */
  private List<KeyRange> differing(KeyRange range, RangeDifference difference)
      throws WireException, StoreException, InterruptedException {
    if (!range.isDivisible()
        || difference.getPartSumCount() != KeyRange.PARTS
        || difference.getPartCountCount() != KeyRange.PARTS) {
      throw nonsense();
    }
    List<Fingerprint> here = fingerprints.parts(peer.id(), range);
    List<KeyRange> differing = new ArrayList<>();
    for (int i = 0; i < KeyRange.PARTS; i++) {
      Fingerprint there = new Fingerprint(difference.getPartSum(i), difference.getPartCount(i));
      if (there.count() > 0 && !there.equals(here.get(i))) {
        differing.add(range.part(i));
      }
    }
    return differing;
  }

  /** Notes which of the peer's keys are not here. */
  private void note(KeyRange range, ByteString keys)
      throws WireException, StoreException, InterruptedException {
    if (keys.size() % CompareHandler.KEY_BYTES != 0) {
      throw nonsense();
    }
    List<Key256> digests = new ArrayList<>();
    List<Integer> replications = new ArrayList<>();
    for (int at = 0; at < keys.size(); at += CompareHandler.KEY_BYTES) {
      digests.add(Digests.decode(keys.substring(at, at + Key256.BYTES)));
      replications.add(keys.byteAt(at + Key256.BYTES) & 0xff);
    }
    BitSet present = store.have(digests);
    for (int i = present.nextClearBit(0); i < digests.size(); i = present.nextClearBit(i + 1)) {
      Key256 digest = digests.get(i);
      // The peer may see the cluster otherwise.
      if (range.contains(digest)
          && replicas.isDesignated(replicas.self(), digest, replications.get(i))) {
        lacking.add(digest);
      }
    }
  }
}
