package io.cairnfs.node.blocks;

import io.cairnfs.node.store.BlockStat;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.block.message.GetBlocksReply;
import io.cairnfs.protocol.block.message.GetBlocksRequest;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.transport.Caller;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Handler;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads blocks for peers, as many as fit a reply, each with a status of its own. */
final class GetHandler implements Handler<GetBlocksRequest, GetBlocksReply> {

  private final BlockStore store;
  private final BlockMetrics metrics;

  GetHandler(BlockStore store, BlockMetrics metrics) {
    this.store = store;
    this.metrics = metrics;
  }

  @Override
  public Envelope<GetBlocksReply> handle(
      Caller caller, Envelope<GetBlocksRequest> request, Duration timeout)
      throws WireException, InterruptedException {
    Timer.Sample started = Timer.start();
    List<Cid> cids =
        RequestCids.parse(request.message().getCidList(), BlockLimits.MAX_BATCH_BLOCKS);
    List<Outcome> outcomes = read(cids);
    Envelope<GetBlocksReply> reply =
        new Envelope<>(
            GetBlocksReply.newBuilder().addAllStatus(Outcome.statuses(outcomes)).build(),
            Outcome.bodies(outcomes));
    metrics.sent(reply.bodies());
    started.stop(metrics.getTime);
    return reply;
  }

  private List<Outcome> read(List<Cid> cids) throws WireException, InterruptedException {
    int fitting = cids.size() == 1 ? 1 : countFitting(cids);
    List<Outcome> outcomes =
        new ArrayList<>(Concurrently.map(cids.subList(0, fitting), this::read));
    while (outcomes.size() < cids.size()) {
      outcomes.add(Outcome.failed(WireError.TOO_LARGE));
    }
    return outcomes;
  }

  /** How many of the first blocks fit a reply by the sizes in the index. */
  private int countFitting(List<Cid> cids) throws WireException, InterruptedException {
    long bytes = 0;
    int count = 0;
    try {
      for (Cid cid : cids) {
        BlockStat stat = store.stat(cid.key());
        bytes += stat == null ? 0 : stat.sizeBytes();
        if (bytes > BlockLimits.MAX_BATCH_BYTES) {
          break;
        }
        count++;
      }
    } catch (StoreException e) {
      throw StoreErrors.toWire(e);
    }
    return count;
  }

  private Outcome read(Cid cid) throws InterruptedException {
    try {
      return Outcome.found(store.get(cid.key()));
    } catch (StoreException e) {
      return Outcome.failed(e, metrics);
    }
  }
}
