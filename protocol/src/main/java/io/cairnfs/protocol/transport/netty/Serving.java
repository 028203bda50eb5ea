package io.cairnfs.protocol.transport.netty;

import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.transport.Caller;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Limits;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.message.ResponseHeader;
import io.cairnfs.protocol.wait.CoarseTimer;
import java.time.Duration;
import java.util.List;

/**
 * A request that is being answered, on a virtual thread of its own, when its peer's turn has come.
 * It is answered exactly once, whatever happens.
 */
final class Serving implements Runnable {

  /** A requester whose deadline passed says so; this is for one that does not. */
  private static final Duration GRACE = Duration.ofMillis(500);

  private final Node node;
  private final Connection connection;
  private final PeerShare share;
  private final Caller caller;
  private final Frame.Request request;
  private final Duration timeout;
  private final Thread thread;
  private final boolean waits;
  private final HandlerPool.Lane lane;
  private final long receivedNanos = System.nanoTime();
  private volatile boolean cancelled;

  Serving(Node node, Connection connection, PeerShare share, Frame.Request request) {
    this.node = node;
    this.connection = connection;
    this.share = share;
    this.caller = connection.caller();
    this.request = request;
    this.timeout =
        Duration.ofMillis(Math.max(1, Integer.toUnsignedLong(request.header().getTimeoutMillis())));
    this.waits = node.handlers().waits(request.header().getMethod());
    this.lane = waits ? share.waiting() : share.handlers();
    this.thread =
        Thread.ofVirtual()
            .name("serve-" + node.handlers().nameOf(request.header().getMethod()))
            .unstarted(this);
  }

  /** Starts answering, now or when the peer's other requests allow it. */
  void start() {
    lane.submit(thread::start);
  }

  /** The requester does not wait any more. */
  void cancel() {
    cancelled = true;
    thread.interrupt();
  }

  @Override
  public void run() {
    Duration left = timeout.minusNanos(System.nanoTime() - receivedNanos);
    if (cancelled || !left.isPositive()) {
      refuse(WireError.TIMEOUT, "the request waited too long for its turn");
      lane.ended();
      return;
    }
    CoarseTimer.Alarm deadline = CoarseTimer.after(left.plus(GRACE), this::cancel);
    try {
      answer(left);
    } catch (WireException e) {
      if (FaultMeter.isFault(e.error())) {
        share.faults().charge();
      }
      refuse(e.error(), e.detail());
    } catch (InterruptedException e) {
      refuse(
          WireError.TIMEOUT,
          cancelled ? "the request was cancelled" : "the handler was interrupted");
    } finally {
      deadline.cancel();
      lane.ended();
    }
  }

  private void refuse(WireError error, String detail) {
    connection.finish(request, FrameEncoder.failure(request.id(), error, detail), List.of(), null);
  }

  private void answer(Duration left) throws WireException, InterruptedException {
    int method = request.header().getMethod();
    int expected = waits ? 0 : share.replySizes().expected(method);
    ReplyMemory memory = ReplyMemory.take(share.replies(), expected, left);
    boolean handedOver = false;
    try {
      Envelope<? extends MessageLite> reply =
          node.handlers()
              .answer(method, caller, request.header().getMessage(), request.bodies(), left);
      ResponseHeader.Builder header =
          ResponseHeader.newBuilder().setMessage(reply.message().toByteString());
      for (byte[] body : reply.bodies()) {
        header.addBodyLength(body.length);
      }
      byte[] head =
          FrameEncoder.encode(FrameKind.RESPONSE, request.id(), header.build(), reply.bodies());
      int bytes = head.length + (int) Limits.bytesOf(reply.bodies());
      if (waits) {
        memory.grow(bytes, timeout.minusNanos(System.nanoTime() - receivedNanos));
      } else {
        share.replySizes().observe(method, bytes);
        memory.resize(bytes);
      }
      handedOver = true;
      connection.finish(request, head, reply.bodies(), memory::release);
    } finally {
      if (!handedOver) {
        memory.release();
      }
    }
  }
}
