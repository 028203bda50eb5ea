package io.cairnfs.protocol.transport.netty;

import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.admission.Admission;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Calls;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Handler;
import io.cairnfs.protocol.transport.Handlers;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.local.LocalNetwork;
import io.cairnfs.protocol.wait.CoarseTimer;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The facade of the transport between processes: TCP with mutual TLS 1.3, and Unix domain sockets
 * for programs of the same user. Thread-safe. Results complete on I/O threads: what depends on them
 * must not block there.
 */
public final class NettyTransport implements Transport {

  private final Node node;
  private final Wiring wiring;
  private final Dialer dialer;
  private final LocalNetwork loopback = new LocalNetwork();
  private final Transport toSelf;
  private volatile boolean closed;

  private NettyTransport(Identity identity, Admission admission, TransportConfig config) {
    node =
        new Node(
            identity.id(),
            admission,
            config,
            new Handlers(),
            new PeerShares(config),
            new Connections(config.maxConnections()),
            new Farewells(),
            new RefusalLog());
    wiring = new Wiring(node, identity);
    dialer = new Dialer(wiring::connect);
    toSelf = loopback.join(identity.id());
  }

  /** A transport with an identity; it calls at once and is called once it listens. */
  public static NettyTransport open(
      Identity identity, Admission admission, TransportConfig config) {
    return new NettyTransport(identity, admission, config);
  }

  /**
   * Listens for peers; may be called for several addresses.
   *
   * @param address internet, where port 0 means any; or Unix domain, whose file gets mode 0600 and
   *     replaces a stale one
   * @return the address bound
   * @throws IOException if it cannot be bound
   */
  public SocketAddress listen(SocketAddress address) throws IOException {
    return wiring.listen(address);
  }

  @Override
  public NodeId self() {
    return node.self();
  }

  @Override
  public <Q extends MessageLite, R extends MessageLite> void handle(
      Method<Q, R> method, Handler<Q, R> handler) {
    node.handlers().register(method, handler);
    toSelf.handle(method, handler);
  }

  @Override
  public <Q extends MessageLite, R extends MessageLite> CompletableFuture<Envelope<R>> call(
      Peer peer, Method<Q, R> method, Envelope<Q> request, Duration timeout) {
    if (isSelf(peer)) {
      return toSelf.call(peer, method, request, timeout);
    }
    try {
      PendingCall<R> call = begin(method, request, timeout);
      Connection connection = node.connections().find(peer);
      if (connection != null) {
        connection.outbox().send(call);
      } else {
        var unused =
            dialer
                .dial(peer)
                .whenComplete(
                    (dialed, failure) -> {
                      if (failure == null) {
                        dialed.outbox().send(call);
                      } else {
                        call.fail(asWireException(failure));
                      }
                    });
      }
      return call.result();
    } catch (WireException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public <Q extends MessageLite, R extends MessageLite> Envelope<R> request(
      Peer peer, Method<Q, R> method, Envelope<Q> request, Duration timeout)
      throws WireException, InterruptedException {
    if (isSelf(peer)) {
      return toSelf.request(peer, method, request, timeout);
    }
    PendingCall<R> call = begin(method, request, timeout);
    try {
      Connection connection = node.connections().find(peer);
      if (connection == null) {
        connection = awaitDial(peer, call, timeout);
      }
      if (connection != null) {
        connection.outbox().sendWaiting(call, timeout);
      }
    } catch (InterruptedException e) {
      call.result().cancel(true);
      throw e;
    }
    return Calls.await(call.result());
  }

  private @Nullable Connection awaitDial(Peer peer, PendingCall<?> call, Duration timeout)
      throws InterruptedException {
    try {
      return dialer.dial(peer).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      call.expire();
    } catch (ExecutionException e) {
      call.fail(asWireException(e.getCause()));
    }
    return null;
  }

  /**
   * Whether a peer is this process; behind a Unix domain socket another process has the same
   * identity.
   */
  private boolean isSelf(Peer peer) {
    return !closed
        && self().equals(peer.id())
        && peer.addresses().stream().noneMatch(Sockets::isDomain);
  }

  private <Q extends MessageLite, R extends MessageLite> PendingCall<R> begin(
      Method<Q, R> method, Envelope<Q> request, Duration timeout) throws WireException {
    if (closed) {
      throw closing();
    }
    PendingCall<R> call = new PendingCall<>(method, request, timeout);
    CoarseTimer.Alarm deadline = CoarseTimer.after(timeout, call::expire);
    var unused =
        call.result()
            .whenComplete(
                (reply, failure) -> {
                  deadline.cancel();
                  if (failure != null) {
                    call.ended();
                  }
                });
    return call;
  }

  private static WireException asWireException(@Nullable Throwable failure) {
    return failure instanceof WireException wire
        ? wire
        : new WireException(
            WireError.UNREACHABLE, "the peer cannot be reached: " + failure, failure);
  }

  private static WireException closing() {
    return new WireException(WireError.CLOSING, "this transport is closed");
  }

  /** Connections open or being opened, for metrics. */
  public int connectionCount() {
    return node.connections().count();
  }

  /** Bytes of requests that are unfinished or unanswered, for metrics. */
  public long requestBytes() {
    return node.shares().requests().used();
  }

  /** Bytes of replies that are made or unsent, for metrics. */
  public long replyBytes() {
    return node.shares().replies().used();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    node.connections().closeAll(closing());
    loopback.close();
    wiring.close();
  }
}
