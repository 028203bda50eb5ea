package io.cairnfs.client.cli;

import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.head.HeadMethods;
import io.cairnfs.protocol.head.message.CommitHeader;
import io.cairnfs.protocol.head.message.CommitRequest;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Handler;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A transport by which heads are not told what a transaction read, so that they find no conflicts.
 */
final class UncheckedCommits implements Transport {

  private final Transport transport;

  UncheckedCommits(Transport transport) {
    this.transport = transport;
  }

  @Override
  public NodeId self() {
    return transport.self();
  }

  @Override
  public <Q extends MessageLite, R extends MessageLite> CompletableFuture<Envelope<R>> call(
      Peer peer, Method<Q, R> method, Envelope<Q> request, Duration timeout) {
    return transport.call(peer, method, unchecked(method, request), timeout);
  }

  @Override
  public <Q extends MessageLite, R extends MessageLite> Envelope<R> request(
      Peer peer, Method<Q, R> method, Envelope<Q> request, Duration timeout)
      throws WireException, InterruptedException {
    return transport.request(peer, method, unchecked(method, request), timeout);
  }

  @SuppressWarnings("unchecked") // a commit stays one
  private static <Q extends MessageLite> Envelope<Q> unchecked(
      Method<Q, ?> method, Envelope<Q> request) {
    if (method.number() != HeadMethods.COMMIT.number()) {
      return request;
    }
    CommitRequest.Builder commit = ((CommitRequest) request.message()).toBuilder();
    commit.getCommitBuilderList().forEach(CommitHeader.Builder::clearTokenRead);
    return new Envelope<>((Q) commit.build(), request.bodies());
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
