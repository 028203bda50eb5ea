package io.cairnfs.protocol.transport.local;

import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Calls;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Handler;
import io.cairnfs.protocol.transport.Handlers;
import io.cairnfs.protocol.transport.Limits;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;

/** A member of a {@link LocalNetwork}. */
final class LocalTransport implements Transport {

  private static final String CLOSED = "this transport is closed";

  private final LocalNetwork network;
  private final NodeId self;
  private final Handlers handlers = new Handlers();
  private final Semaphore handlerPermits = new Semaphore(Limits.MAX_HANDLERS);

  /** Calls that this member makes or answers. */
  private final Set<LocalCall<?, ?>> making = ConcurrentHashMap.newKeySet();

  private final Set<LocalCall<?, ?>> answering = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  LocalTransport(LocalNetwork network, NodeId self) {
    this.network = network;
    this.self = self;
  }

  @Override
  public NodeId self() {
    return self;
  }

  @Override
  public <Q extends MessageLite, R extends MessageLite> void handle(
      Method<Q, R> method, Handler<Q, R> handler) {
    handlers.register(method, handler);
  }

  @Override
  public <Q extends MessageLite, R extends MessageLite> CompletableFuture<Envelope<R>> call(
      Peer peer, Method<Q, R> method, Envelope<Q> request, Duration timeout) {
    try {
      return start(target(peer), method, request, timeout, false);
    } catch (WireException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public <Q extends MessageLite, R extends MessageLite> Envelope<R> request(
      Peer peer, Method<Q, R> method, Envelope<Q> request, Duration timeout)
      throws WireException, InterruptedException {
    return Calls.await(start(target(peer), method, request, timeout, true));
  }

  private LocalTransport target(Peer peer) throws WireException {
    if (closed) {
      throw new WireException(WireError.CLOSING, CLOSED);
    }
    NodeId id = peer.id();
    LocalTransport target = id == null ? null : network.member(id);
    if (target == null) {
      throw new WireException(WireError.UNREACHABLE, peer + " is not in this process");
    }
    return target;
  }

  private <Q extends MessageLite, R extends MessageLite> CompletableFuture<Envelope<R>> start(
      LocalTransport target,
      Method<Q, R> method,
      Envelope<Q> request,
      Duration timeout,
      boolean wait)
      throws WireException {
    Limits.check(request);
    if (!wait && !target.handlerPermits.tryAcquire()) {
      throw new WireException(WireError.BUSY, target.self + " has too many requests");
    }
    LocalCall<Q, R> call = new LocalCall<>(this, target, method, request, timeout, !wait);
    making.add(call);
    target.answering.add(call);
    Thread thread = Thread.ofVirtual().name("local-" + method.name()).start(call);
    ScheduledFuture<?> deadline = network.schedule(call::expire, timeout);
    CompletableFuture<Envelope<R>> result = call.result();
    var unused =
        result.whenComplete(
            (reply, failure) -> {
              deadline.cancel(false);
              making.remove(call);
              target.answering.remove(call);
              if (failure != null) {
                thread.interrupt();
              }
            });
    if (closed) {
      call.fail(WireError.CLOSING, CLOSED);
    } else if (target.closed) {
      call.fail(WireError.UNREACHABLE, target.self + " is gone");
    }
    return result;
  }

  LocalNetwork network() {
    return network;
  }

  Handlers handlers() {
    return handlers;
  }

  Semaphore handlerPermits() {
    return handlerPermits;
  }

  @Override
  public void close() {
    closed = true;
    network.leave(this);
    making.forEach(call -> call.fail(WireError.CLOSING, CLOSED));
    answering.forEach(call -> call.fail(WireError.UNREACHABLE, self + " is gone"));
  }
}
