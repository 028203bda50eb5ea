package io.cairnfs.node.replication;

import io.cairnfs.node.blocks.StoreErrors;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.repair.message.DrainReply;
import io.cairnfs.protocol.repair.message.DrainRequest;
import io.cairnfs.protocol.transport.Caller;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Handler;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.function.Supplier;

/** Starts and cancels the drain of this node for an operator. */
final class DrainHandler implements Handler<DrainRequest, DrainReply> {

  private final Drain drain;
  private final Supplier<String> veto;

  /**
   * @param veto why this node cannot leave whatever becomes of its blocks; empty if it can
   */
  DrainHandler(Drain drain, Supplier<String> veto) {
    this.drain = drain;
    this.veto = veto;
  }

  @Override
  public Envelope<DrainReply> handle(
      Caller caller, Envelope<DrainRequest> request, Duration timeout)
      throws WireException, InterruptedException {
    try {
      String refusal =
          switch (request.message().getAction()) {
            case LOOK -> "";
            case START -> start(request.message().getForce());
            case CANCEL -> drain.cancel();
            case ACTION_UNSPECIFIED, UNRECOGNIZED ->
                throw new WireException(WireError.MALFORMED, "not known what to do about a drain");
          };
      return Envelope.of(drain.status().toBuilder().setRefusal(refusal).build());
    } catch (StoreException e) {
      throw StoreErrors.toWire(e);
    }
  }

  private String start(boolean force) throws StoreException, InterruptedException {
    String reason = veto.get();
    return reason.isEmpty() ? drain.start(force) : reason;
  }
}
