package io.cairnfs.protocol.transport;

import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.identity.NodeId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * The only way to another process: authenticated requests with deadlines, many in flight per peer.
 * Implemented over TCP with mutual TLS, and in process for the embedded node and for tests.
 * Thread-safe.
 */
public interface Transport extends AutoCloseable {

  /** The identity that peers see. */
  NodeId self();

  /**
   * Sends a request. Never blocks; a full send queue fails the call with {@link WireError#BUSY},
   * except that {@link #request} waits for room.
   *
   * @param timeout bounds the whole call, connecting included
   * @return the reply, or a failure with {@link WireException}; cancelling it tells the peer
   */
  <Q extends MessageLite, R extends MessageLite> CompletableFuture<Envelope<R>> call(
      Peer peer, Method<Q, R> method, Envelope<Q> request, Duration timeout);

  /** As {@link #call}, waiting for the reply: for virtual threads. */
  <Q extends MessageLite, R extends MessageLite> Envelope<R> request(
      Peer peer, Method<Q, R> method, Envelope<Q> request, Duration timeout)
      throws WireException, InterruptedException;

  /**
   * Answers a method. Handlers are registered before the transport listens.
   *
   * @throws IllegalStateException if the method has a handler
   */
  <Q extends MessageLite, R extends MessageLite> void handle(
      Method<Q, R> method, Handler<Q, R> handler);

  /** Fails the calls in flight with {@link WireError#CLOSING} and closes connections. */
  @Override
  void close();
}
