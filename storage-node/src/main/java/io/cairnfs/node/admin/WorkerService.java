package io.cairnfs.node.admin;

import io.cairnfs.node.worker.OrderException;
import io.cairnfs.node.worker.Tally;
import io.cairnfs.node.worker.WorkerState;
import io.cairnfs.node.worker.Workers;
import io.cairnfs.protocol.admin.AdminMethods;
import io.cairnfs.protocol.admin.message.ChangeWorkerReply;
import io.cairnfs.protocol.admin.message.ChangeWorkerRequest;
import io.cairnfs.protocol.admin.message.WorkerStatus;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.io.IOException;

/** Shows the background jobs of a node to operators, and takes their orders. Thread-safe. */
final class WorkerService {

  private final Workers workers;

  WorkerService(Workers workers) {
    this.workers = workers;
  }

  void register(Transport transport) {
    transport.handle(
        AdminMethods.CHANGE_WORKER, (caller, request, timeout) -> change(request.message()));
  }

  private Envelope<ChangeWorkerReply> change(ChangeWorkerRequest request)
      throws WireException, InterruptedException {
    String name = request.getName();
    ChangeWorkerReply.Builder reply = ChangeWorkerReply.newBuilder();
    try {
      switch (request.getChangeCase()) {
        case PAUSED -> workers.pause(name, request.getPaused());
        case THROTTLE_BYTES -> workers.throttle(name, Math.max(0, request.getThrottleBytes()));
        case CHANGE_NOT_SET -> throw new WireException(WireError.MALFORMED, "no change named");
      }
      reply.setWorker(describe(workers.state(name)));
    } catch (OrderException e) {
      reply.setRefusal(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new WireException(WireError.STORE_FAILED, "the order cannot be kept: " + e, e);
    }
    return Envelope.of(reply.build());
  }

  static WorkerStatus describe(WorkerState worker) {
    Tally tally = worker.tally();
    WorkerStatus.Builder status =
        WorkerStatus.newBuilder()
            .setName(worker.name())
            .setState(worker.activity().name())
            .setDetail(worker.detail())
            .setRuns(worker.runs())
            .setFailures(worker.failures());
    if (tally.unit() != Tally.Unit.NOTHING) {
      status
          .setUnit(tally.unit().name())
          .setDone(tally.done())
          .setLeft(tally.left())
          .setPerSecond(Math.round(worker.perSecond()));
      worker.secondsLeft().ifPresent(status::setEtaSeconds);
    }
    WorkerState.Bound bound = worker.bound();
    if (bound != null) {
      status
          .setThrottleBytes(bound.bytesPerSecond())
          .setThrottleOrdered(bound.ordered())
          .setMovedBytes(bound.spentBytes());
    }
    WorkerState.LastError error = worker.lastError();
    if (error != null) {
      status.setLastError(error.message()).setLastErrorMillisAgo(error.agoMillis());
    }
    return status.build();
  }
}
