package io.cairnfs.protocol.transport.netty;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Limits;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.message.RequestHeader;
import io.cairnfs.protocol.transport.message.ResponseHeader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A request on its way: queued, sent, or given up and still owed an answer. */
final class PendingCall<R extends MessageLite> {

  private final Method<?, R> method;
  private final Duration timeout;
  private final CompletableFuture<Envelope<R>> result = new CompletableFuture<>();

  /** Bytes that it takes of the receiver's window. */
  final int bytes;

  /** Prelude and header; null once sent. Event loop only. */
  byte @Nullable [] head;

  List<byte[]> bodies;

  /** 0 until it is sent. Event loop only. */
  int id;

  private volatile @Nullable Outbox outbox;

  /**
   * @throws WireException {@link WireError#TOO_LARGE}
   */
  <Q extends MessageLite> PendingCall(Method<Q, R> method, Envelope<Q> request, Duration timeout)
      throws WireException {
    Limits.check(request);
    this.method = method;
    this.timeout = timeout;
    RequestHeader.Builder header =
        RequestHeader.newBuilder()
            .setMethod(method.number())
            .setTimeoutMillis(Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE))
            .setMessage(request.message().toByteString());
    for (byte[] body : request.bodies()) {
      header.addBodyLength(body.length);
    }
    bodies = request.bodies();
    byte[] encoded = FrameEncoder.encode(FrameKind.REQUEST, 0, header.build(), bodies);
    bytes = encoded.length - FrameKind.PRELUDE_BYTES + (int) Limits.bytesOf(bodies);
    head = encoded;
  }

  CompletableFuture<Envelope<R>> result() {
    return result;
  }

  boolean isDone() {
    return result.isDone();
  }

  /** Tells where to ask for cancellation. */
  void queuedIn(Outbox outbox) {
    this.outbox = outbox;
  }

  /** Called when the result is known, from whatever side. */
  void ended() {
    Outbox queue = outbox;
    if (queue != null) {
      queue.ended(this);
    }
  }

  void answer(ResponseHeader header, List<byte[]> replyBodies) {
    try {
      result.complete(
          new Envelope<>(method.replyParser().parseFrom(header.getMessage()), replyBodies));
    } catch (InvalidProtocolBufferException e) {
      result.completeExceptionally(
          new WireException(WireError.MALFORMED, method + ": the reply cannot be parsed", e));
    }
  }

  void fail(WireException failure) {
    result.completeExceptionally(failure);
  }

  void expire() {
    fail(
        new WireException(
            WireError.TIMEOUT, method + " took longer than " + timeout.toMillis() + " ms"));
  }
}
