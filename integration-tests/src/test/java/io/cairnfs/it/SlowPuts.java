package io.cairnfs.it;

import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.block.BlockMethods;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Handler;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A transport on which blocks take their time to a node, as on a slow network, while everything
 * else is quick.
 */
final class SlowPuts implements Transport {

  private final Transport transport;
  private final Duration delay;
  private final Executor later;

  SlowPuts(Transport transport, Duration delay) {
    this.transport = transport;
    this.delay = delay;
    later = CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public NodeId self() {
    return transport.self();
  }

  @Override
  public <Q extends MessageLite, R extends MessageLite> CompletableFuture<Envelope<R>> call(
      Peer peer, Method<Q, R> method, Envelope<Q> request, Duration timeout) {
    if (method.number() != BlockMethods.PUT.number()) {
      return transport.call(peer, method, request, timeout);
    }
    return CompletableFuture.runAsync(() -> {}, later)
        .thenCompose(ignored -> transport.call(peer, method, request, timeout));
  }

  @Override
  public <Q extends MessageLite, R extends MessageLite> Envelope<R> request(
      Peer peer, Method<Q, R> method, Envelope<Q> request, Duration timeout)
      throws WireException, InterruptedException {
    if (method.number() == BlockMethods.PUT.number()) {
      TimeUnit.MILLISECONDS.sleep(delay.toMillis());
    }
    return transport.request(peer, method, request, timeout);
  }

  @Override
  public <Q extends MessageLite, R extends MessageLite> void handle(
      Method<Q, R> method, Handler<Q, R> handler) {
    transport.handle(method, handler);
  }

  @Override
  public void close() {
    transport.close();
  }
}
