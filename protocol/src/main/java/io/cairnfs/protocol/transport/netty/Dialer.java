package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections on demand: one attempt at a time for each peer, which all its calls wait for,
 * over its addresses in order. After a failed attempt further ones fail at once for a growing
 * while. Thread-safe.
 */
final class Dialer {

  private static final Duration FIRST_BACKOFF = Duration.ofMillis(50);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(2);

  /** Peers whose failure is remembered; the oldest is forgotten first. */
  private static final int MAX_FAILURES = 4096;

  private record Failure(WireException reason, Duration backoff, long untilNanos) {}

  private final BiFunction<Peer, SocketAddress, CompletableFuture<Connection>> connect;
  private final Map<Peer, CompletableFuture<Connection>> attempts = new HashMap<>();
  private final Map<Peer, Failure> failures =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Peer, Failure> eldest) {
          return size() > MAX_FAILURES;
        }
      };

  /**
   * @param connect opens a connection to one address of a peer; never throws
   */
  Dialer(BiFunction<Peer, SocketAddress, CompletableFuture<Connection>> connect) {
    this.connect = connect;
  }

  /** A connection, or a failure with {@link WireException}. */
  CompletableFuture<Connection> dial(Peer peer) {
    CompletableFuture<Connection> attempt = new CompletableFuture<>();
    synchronized (this) {
      CompletableFuture<Connection> underWay = attempts.get(peer);
      if (underWay != null) {
        return underWay;
      }
      Failure last = failures.get(peer);
      if (last != null && System.nanoTime() - last.untilNanos < 0) {
        return CompletableFuture.failedFuture(last.reason);
      }
      attempts.put(peer, attempt);
    }
    tryNext(
        peer,
        peer.addresses().iterator(),
        new WireException(WireError.UNREACHABLE, "no address of " + peer.id() + " is known"),
        attempt);
    return attempt;
  }

  private void tryNext(
      Peer peer,
      Iterator<SocketAddress> rest,
      WireException soFar,
      CompletableFuture<Connection> attempt) {
    if (!rest.hasNext()) {
      ended(peer, soFar);
      attempt.completeExceptionally(soFar);
      return;
    }
    var unused =
        connect
            .apply(peer, rest.next())
            .whenComplete(
                (connection, failure) -> {
                  if (failure == null) {
                    ended(peer, null);
                    attempt.complete(connection);
                  } else {
                    tryNext(peer, rest, worse(soFar, failure), attempt);
                  }
                });
  }

  /** What says most about why a peer cannot be spoken to. */
  private static WireException worse(WireException soFar, Throwable failure) {
    WireException next =
        failure instanceof WireException wire
            ? wire
            : new WireException(
                WireError.UNREACHABLE, String.valueOf(failure.getMessage()), failure);
    return next.error().isTransient() && !soFar.error().isTransient() ? soFar : next;
  }

  private synchronized void ended(Peer peer, @Nullable WireException reason) {
    attempts.remove(peer);
    Failure last = failures.remove(peer);
    if (reason != null) {
      Duration backoff = last == null ? FIRST_BACKOFF : last.backoff.multipliedBy(2);
      if (backoff.compareTo(MAX_BACKOFF) > 0) {
        backoff = MAX_BACKOFF;
      }
      failures.put(peer, new Failure(reason, backoff, System.nanoTime() + backoff.toNanos()));
    }
  }
}
