package io.cairnfs.node.replication;

import com.google.protobuf.ByteString;
import io.cairnfs.node.blocks.StoreErrors;
import io.cairnfs.node.store.ListedBlock;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.repair.RepairLimits;
import io.cairnfs.protocol.repair.message.CompareReply;
import io.cairnfs.protocol.repair.message.CompareRequest;
import io.cairnfs.protocol.repair.message.RangeDifference;
import io.cairnfs.protocol.repair.message.RangeFingerprint;
import io.cairnfs.protocol.transport.Caller;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Handler;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.List;

/** Tells a peer where what it holds of the keys of both differs from what is here. */
final class CompareHandler implements Handler<CompareRequest, CompareReply> {

  /** A range with so many keys or fewer is told key by key. */
  private static final int MAX_LISTED = 512;

  /** Keys of one reply, as far as one range alone has no more. */
  private static final int MAX_KEYS = 16_384;

  /** A key on the wire, with its replication. */
  static final int KEY_BYTES = Key256.BYTES + 1;

  /** Reading the index anew takes time; the rest of a request is then asked for again. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final PairFingerprints fingerprints;

  CompareHandler(PairFingerprints fingerprints) {
    this.fingerprints = fingerprints;
  }

  @Override
  public Envelope<CompareReply> handle(
      Caller caller, Envelope<CompareRequest> request, Duration timeout)
      throws WireException, InterruptedException {
    List<RangeFingerprint> ranges = request.message().getRangeList();
    if (ranges.isEmpty() || ranges.size() > RepairLimits.MAX_RANGES) {
      throw new WireException(WireError.MALFORMED, ranges.size() + " ranges to compare");
    }
    try {
      return Envelope.of(compare(caller.id(), ranges));
    } catch (StoreException e) {
      throw StoreErrors.toWire(e);
    }
  }

  private CompareReply compare(NodeId peer, List<RangeFingerprint> ranges)
      throws WireException, StoreException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    CompareReply.Builder reply = CompareReply.newBuilder();
    int answered = 0;
    int keys = 0;
    while (answered < ranges.size()
        && keys < MAX_KEYS
        && (answered == 0 || System.nanoTime() - deadline < 0)) {
      RangeFingerprint told = ranges.get(answered);
      KeyRange range = range(told);
      Fingerprint here = fingerprints.of(peer, range);
      if (here.count() > 0 && !here.equals(new Fingerprint(told.getSum(), told.getCount()))) {
        RangeDifference difference = difference(peer, answered, range, here);
        keys += difference.getKeys().size() / KEY_BYTES;
        reply.addDifference(difference);
      }
      answered++;
    }
    return reply.setAnswered(answered).build();
  }

  private static KeyRange range(RangeFingerprint told) throws WireException {
    try {
      return new KeyRange(told.getBits(), told.getPrefix());
    } catch (IllegalArgumentException e) {
      throw new WireException(WireError.MALFORMED, String.valueOf(e.getMessage()), e);
    }
  }

  private RangeDifference difference(NodeId peer, int index, KeyRange range, Fingerprint here)
      throws StoreException, InterruptedException {
    RangeDifference.Builder difference = RangeDifference.newBuilder().setRange(index);
    if (here.count() > MAX_LISTED && range.isDivisible()) {
      for (Fingerprint part : fingerprints.parts(peer, range)) {
        difference.addPartSum(part.sum()).addPartCount(part.count());
      }
      return difference.build();
    }
    ByteString.Output keys = ByteString.newOutput();
    for (ListedBlock block : fingerprints.shared(peer, range)) {
      keys.write(block.digest().toBytes(), 0, Key256.BYTES);
      keys.write(block.stat().replication());
    }
    return difference.setKeys(keys.toByteString()).build();
  }
}
