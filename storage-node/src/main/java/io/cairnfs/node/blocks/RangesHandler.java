package io.cairnfs.node.blocks;

import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.block.message.BlockRange;
import io.cairnfs.protocol.block.message.GetRangesReply;
import io.cairnfs.protocol.block.message.GetRangesRequest;
import io.cairnfs.protocol.transport.Caller;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Handler;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads parts of blocks for peers, each with a status of its own. */
final class RangesHandler implements Handler<GetRangesRequest, GetRangesReply> {

  private final BlockStore store;
  private final BlockMetrics metrics;

  RangesHandler(BlockStore store, BlockMetrics metrics) {
    this.store = store;
    this.metrics = metrics;
  }

  @Override
  public Envelope<GetRangesReply> handle(
      Caller caller, Envelope<GetRangesRequest> request, Duration timeout)
      throws WireException, InterruptedException {
    Timer.Sample started = Timer.start();
    List<Outcome> outcomes = Concurrently.map(ranges(request.message()), this::read);
    Envelope<GetRangesReply> reply =
        new Envelope<>(
            GetRangesReply.newBuilder().addAllStatus(Outcome.statuses(outcomes)).build(),
            Outcome.bodies(outcomes));
    metrics.sent(reply.bodies());
    started.stop(metrics.getTime);
    return reply;
  }

  /** Those of a request within its limits. */
  private static List<Range> ranges(GetRangesRequest request) throws WireException {
    if (request.getRangeCount() > BlockLimits.MAX_BATCH_BLOCKS) {
      throw new WireException(
          WireError.TOO_LARGE, "a request has at most " + BlockLimits.MAX_BATCH_BLOCKS + " ranges");
    }
    List<Range> ranges = new ArrayList<>(request.getRangeCount());
    long bytes = 0;
    for (BlockRange range : request.getRangeList()) {
      ranges.add(Range.parse(range));
      bytes += range.getLength();
    }
    if (bytes > BlockLimits.MAX_BATCH_BYTES) {
      throw new WireException(
          WireError.TOO_LARGE, "a reply has at most " + BlockLimits.MAX_BATCH_BYTES + " bytes");
    }
    return ranges;
  }

  private Outcome read(Range range) throws InterruptedException {
    try {
      byte[] bytes = store.get(range.block(), range.offset(), range.length());
      return bytes.length == range.length()
          ? Outcome.found(bytes)
          : Outcome.failed(WireError.BAD_RANGE);
    } catch (StoreException e) {
      return Outcome.failed(e, metrics);
    }
  }
}
