package io.cairnfs.node.replication;

import com.google.protobuf.ByteString;
import io.cairnfs.node.store.Arrival;
import io.cairnfs.node.store.ArrivalPage;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.block.ClaimMessages;
import io.cairnfs.protocol.block.message.ArrivalsReply;
import io.cairnfs.protocol.block.message.ArrivalsRequest;
import io.cairnfs.protocol.transport.Caller;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Handler;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Tells a peer what arrived here that it should hold too, and notes how far it has got. */
final class ArrivalsHandler implements Handler<ArrivalsRequest, ArrivalsReply> {

  /** Arrivals looked at for one request: a few milliseconds of work. */
  private static final int PAGE = 2048;

  private final BlockStore store;
  private final DesignatedReplicas replicas;
  private final PeerLags lags;
  private final SettledArrivals settled;

  ArrivalsHandler(
      BlockStore store, DesignatedReplicas replicas, PeerLags lags, SettledArrivals settled) {
    this.store = store;
    this.replicas = replicas;
    this.lags = lags;
    this.settled = settled;
  }

  @Override
  public Envelope<ArrivalsReply> handle(
      Caller caller, Envelope<ArrivalsRequest> request, Duration timeout)
      throws WireException, InterruptedException {
    try {
      return answer(caller, request.message());
    } catch (StoreException e) {
      throw new WireException(WireError.STORE_FAILED, String.valueOf(e.getMessage()), e);
    }
  }

  private Envelope<ArrivalsReply> answer(Caller caller, ArrivalsRequest request)
      throws StoreException, InterruptedException {
    ByteString epoch = ByteString.copyFrom(store.epoch().toBytes());
    // A cursor beyond the end of the log is from another life of it.
    boolean known = request.getEpoch().equals(epoch) && request.getAfter() <= store.lastArrival();
    long after = known ? Math.max(0, request.getAfter()) : 0;
    lags.confirm(caller.id(), after);
    if (request.getFirst()) {
      lags.expect(caller.id(), store.lastArrival());
    }
    ArrivalPage page = store.arrivals(after, PAGE);
    long upTo = settled.settled();
    ArrivalsReply.Builder reply = ArrivalsReply.newBuilder().setEpoch(epoch);
    List<Arrival> theirs = new ArrayList<>();
    for (Arrival arrival : page.arrivals()) {
      if (arrival.sequence() <= upTo
          && replicas.isDesignated(caller.id(), arrival.digest(), arrival.replication())) {
        theirs.add(arrival);
      }
    }
    List<List<Claim>> claims = store.claims(theirs.stream().map(Arrival::digest).toList());
    for (int i = 0; i < theirs.size(); i++) {
      Arrival arrival = theirs.get(i);
      reply
          .addArrivalBuilder()
          .setDigest(ByteString.copyFrom(arrival.digest().toBytes()))
          .setSizeBytes(arrival.sizeBytes())
          .setReplication(arrival.replication())
          .addAllClaim(claims.get(i).stream().map(ClaimMessages::encode).toList());
    }
    long through = Math.max(after, Math.min(page.through(), upTo));
    lags.answered(caller.id(), after, through, reply.getArrivalCount());
    return Envelope.of(
        reply.setThrough(through).setMore(page.more() && page.through() < upTo).build());
  }
}
