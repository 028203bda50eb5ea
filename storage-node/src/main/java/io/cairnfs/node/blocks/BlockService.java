package io.cairnfs.node.blocks;

import com.google.protobuf.ByteString;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.PutOptions;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.block.ClaimMessages;
import io.cairnfs.protocol.block.Redundancy;
import io.cairnfs.protocol.block.message.BlockStat;
import io.cairnfs.protocol.block.message.DeleteBlocksReply;
import io.cairnfs.protocol.block.message.DeleteBlocksRequest;
import io.cairnfs.protocol.block.message.HaveBlocksReply;
import io.cairnfs.protocol.block.message.HaveBlocksRequest;
import io.cairnfs.protocol.block.message.ListPinsReply;
import io.cairnfs.protocol.block.message.ListPinsRequest;
import io.cairnfs.protocol.block.message.PinBlocksReply;
import io.cairnfs.protocol.block.message.PinBlocksRequest;
import io.cairnfs.protocol.block.message.PutBlocksReply;
import io.cairnfs.protocol.block.message.PutBlocksRequest;
import io.cairnfs.protocol.block.message.StatBlocksReply;
import io.cairnfs.protocol.block.message.StatBlocksRequest;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Answers the block methods from a store: checks limits, translates, and measures. Bytes from a
 * peer are verified by the store. Thread-safe.
 */
public final class BlockService {

  /** Deletes and pins are synced one by one on a lonely store: bounds the time of a request. */
  private static final int MAX_CHANGES = BlockLimits.MAX_BATCH_BLOCKS;

  private static final int PIN_PAGE = BlockLimits.MAX_BATCH_CIDS;

  private final BlockStore store;
  private final int defaultReplication;
  private final BlockMetrics metrics;

  /**
   * @param defaultReplication what a put that names no replication means
   */
  public BlockService(BlockStore store, int defaultReplication, MeterRegistry registry) {
    this.store = store;
    this.defaultReplication = defaultReplication;
    this.metrics = new BlockMetrics(registry);
  }

  /** Lets a transport answer the block methods, but for {@link BlockMethods#ARRIVALS}. */
  public void register(Transport transport) {
    GetHandler get = new GetHandler(store, metrics);
    transport.handle(BlockMethods.PUT, (caller, request, timeout) -> put(request));
    transport.handle(BlockMethods.HAVE, (caller, request, timeout) -> have(request.message()));
    transport.handle(BlockMethods.GET, get);
    transport.handle(BlockMethods.GET_RANGES, new RangesHandler(store, metrics));
    transport.handle(BlockMethods.DELETE, (caller, request, timeout) -> delete(request.message()));
    transport.handle(BlockMethods.STAT, (caller, request, timeout) -> stat(request.message()));
    transport.handle(BlockMethods.PIN, (caller, request, timeout) -> pin(request.message()));
    transport.handle(BlockMethods.LIST_PINS, (caller, request, timeout) -> pins(request.message()));
  }

  private Envelope<PutBlocksReply> put(Envelope<PutBlocksRequest> envelope)
      throws WireException, InterruptedException {
    Timer.Sample started = Timer.start();
    PutBlocksRequest request = envelope.message();
    if (!request.getDurable()) {
      throw new WireException(WireError.MALFORMED, "puts that are not durable are not known here");
    }
    if (!Redundancy.isValid(request.getReplication())) {
      throw new WireException(
          WireError.MALFORMED, "replication is at most " + BlockLimits.MAX_REPLICATION);
    }
    List<Block> blocks = blocks(request, envelope.bodies());
    int replication = request.getReplication() == 0 ? defaultReplication : request.getReplication();
    List<Claim> claims =
        request.hasClaim() ? List.of(ClaimMessages.decode(request.getClaim())) : List.of();
    try {
      int stored = store.put(blocks, new PutOptions(true, request.getPin(), replication, claims));
      started.stop(metrics.putTime);
      return Envelope.of(PutBlocksReply.newBuilder().setStored(stored).build());
    } catch (StoreException e) {
      throw StoreErrors.toWire(e);
    }
  }

  private List<Block> blocks(PutBlocksRequest request, List<byte[]> bodies) throws WireException {
    List<Cid> cids = RequestCids.parse(request.getCidList(), BlockLimits.MAX_BATCH_BLOCKS);
    if (cids.size() != bodies.size()) {
      throw new WireException(
          WireError.MALFORMED, cids.size() + " CIDs came with " + bodies.size() + " bodies");
    }
    List<Block> blocks = new ArrayList<>(cids.size());
    long bytes = 0;
    for (int i = 0; i < cids.size(); i++) {
      blocks.add(new Block(cids.get(i), bodies.get(i)));
      bytes += bodies.get(i).length;
    }
    if (bytes > BlockLimits.MAX_BATCH_BYTES) {
      throw new WireException(
          WireError.TOO_LARGE,
          "a put has at most " + BlockLimits.MAX_BATCH_BYTES + " bytes of bodies");
    }
    metrics.blocksIn.increment(blocks.size());
    metrics.bytesIn.increment((double) bytes);
    return blocks;
  }

  private Envelope<HaveBlocksReply> have(HaveBlocksRequest request)
      throws WireException, InterruptedException {
    Timer.Sample started = Timer.start();
    List<Cid> cids = RequestCids.parse(request.getCidList(), BlockLimits.MAX_BATCH_CIDS);
    try {
      List<Key256> keys = RequestCids.keys(cids);
      BitSet found =
          request.hasClaim()
              ? store.claim(keys, ClaimMessages.decode(request.getClaim()))
              : store.have(keys);
      byte[] present = found.toByteArray();
      started.stop(metrics.haveTime);
      return Envelope.of(
          HaveBlocksReply.newBuilder().setPresent(ByteString.copyFrom(present)).build());
    } catch (StoreException e) {
      throw StoreErrors.toWire(e);
    }
  }

  private Envelope<DeleteBlocksReply> delete(DeleteBlocksRequest request)
      throws WireException, InterruptedException {
    List<Cid> cids = RequestCids.parse(request.getCidList(), MAX_CHANGES);
    List<Integer> statuses = Concurrently.map(cids, this::delete);
    return Envelope.of(DeleteBlocksReply.newBuilder().addAllStatus(statuses).build());
  }

  private int delete(Cid cid) throws StoreException, InterruptedException {
    try {
      return store.delete(cid.key()) ? 0 : WireError.NOT_FOUND.number();
    } catch (StoreException e) {
      if (e.reason() == StoreException.Reason.PINNED) {
        return WireError.PINNED.number();
      }
      throw e;
    }
  }

  private Envelope<StatBlocksReply> stat(StatBlocksRequest request)
      throws WireException, InterruptedException {
    StatBlocksReply.Builder reply = StatBlocksReply.newBuilder();
    try {
      for (Cid cid : RequestCids.parse(request.getCidList(), BlockLimits.MAX_BATCH_CIDS)) {
        var stat = store.stat(cid.key());
        BlockStat.Builder answer = reply.addStatBuilder();
        if (stat == null) {
          answer.setStatus(WireError.NOT_FOUND.number());
        } else {
          answer
              .setStatus(stat.quarantined() ? WireError.CORRUPT.number() : 0)
              .setSizeBytes(stat.sizeBytes())
              .setPinned(stat.pinned())
              .setReplication(stat.replication());
        }
      }
    } catch (StoreException e) {
      throw StoreErrors.toWire(e);
    }
    return Envelope.of(reply.build());
  }

  private Envelope<PinBlocksReply> pin(PinBlocksRequest request)
      throws WireException, InterruptedException {
    List<Cid> cids = RequestCids.parse(request.getCidList(), MAX_CHANGES);
    List<Integer> statuses =
        Concurrently.map(cids, cid -> request.getRemove() ? unpin(cid) : pin(cid));
    return Envelope.of(PinBlocksReply.newBuilder().addAllStatus(statuses).build());
  }

  private int pin(Cid cid) throws StoreException, InterruptedException {
    try {
      store.pin(cid);
      return 0;
    } catch (StoreException e) {
      if (e.reason() == StoreException.Reason.NOT_FOUND) {
        return WireError.NOT_FOUND.number();
      }
      throw e;
    }
  }

  private int unpin(Cid cid) throws StoreException, InterruptedException {
    store.unpin(cid);
    return 0;
  }

  private Envelope<ListPinsReply> pins(ListPinsRequest request)
      throws WireException, InterruptedException {
    Cid after = request.getAfter().isEmpty() ? null : RequestCids.parse(request.getAfter());
    try {
      List<Cid> page = store.pins(after, PIN_PAGE);
      ListPinsReply.Builder reply = ListPinsReply.newBuilder().setMore(page.size() == PIN_PAGE);
      page.forEach(cid -> reply.addCid(ByteString.copyFrom(cid.toBytes())));
      return Envelope.of(reply.build());
    } catch (StoreException e) {
      throw StoreErrors.toWire(e);
    }
  }
}
