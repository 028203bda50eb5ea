package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.transport.Limits;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers one connection's requests, and bounds what they hold: the peer keeps to the window that it was told, and all peers
 * together to the transport's budget. While that is spent nothing more is read from this peer; for a while, then its
 * requests are refused.
 */
final class Server {

  /** How long reading waits for memory; after that, answers to our own requests behind it matter more. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(2);

  private static final long NOT_WAITING = Long.MIN_VALUE;

  private final Node node;
  private final Connection connection;
  private final Map<Integer, Serving> running = new ConcurrentHashMap<>();
  private final AtomicLong held = new AtomicLong();
  private long waitingSinceNanos = NOT_WAITING;
  private volatile boolean closed;

  Server(Node node, Connection connection) {
    this.node = node;
    this.connection = connection;
  }

  /** Decides about a request of which nothing is known but its size. */
  FrameGate.Verdict admit(int id, int bytes) throws WireException {
    if (id == 0 || running.containsKey(id)) {
      throw new WireException(WireError.MALFORMED, "a request's id is not 0 and not in flight");
    }
    if (running.size() >= Limits.MAX_IN_FLIGHT
        || (held.get() > 0 && held.get() + bytes > node.config().windowBytes())) {
      return refuse(id, "more is in flight than the window allows");
    }
    if (hasWaitedLong(System.nanoTime())
        ? node.requests().tryTake(bytes)
        : node.requests().tryTakeOrWish(bytes, connection::resumeSoon)) {
      waitingSinceNanos = NOT_WAITING;
      held.addAndGet(bytes);
      return FrameGate.Verdict.TAKE;
    }
    if (hasWaitedLong(System.nanoTime())) {
      waitingSinceNanos = NOT_WAITING;
      return refuse(id, "the node has no memory left for requests");
    }
    if (waitingSinceNanos == NOT_WAITING) {
      waitingSinceNanos = System.nanoTime();
    }
    return FrameGate.Verdict.WAIT;
  }

  private boolean hasWaitedLong(long nowNanos) {
    return waitingSinceNanos != NOT_WAITING && nowNanos - waitingSinceNanos > MAX_WAIT.toNanos();
  }

  private FrameGate.Verdict refuse(int id, String detail) {
    connection.send(FrameEncoder.failure(id, WireError.BUSY, detail), List.of(), null);
    return FrameGate.Verdict.SKIP;
  }

  void serve(Frame.Request request) {
    if (!node.handlerPermits().tryAcquire()) {
      releaseRequest(request.bytes());
      refuseServed(request);
      return;
    }
    Serving serving = new Serving(node, connection, connection.caller(), request);
    running.put(request.id(), serving);
    serving.start();
    if (closed) {
      serving.cancel();
    }
  }

  private void refuseServed(Frame.Request request) {
    connection.send(
        FrameEncoder.failure(request.id(), WireError.BUSY, "the node serves too many requests"), List.of(), null);
  }

  /** A request is about to be answered: its memory is free, its id may come again. Any thread. */
  void finished(Frame.Request request) {
    running.remove(request.id());
    releaseRequest(request.bytes());
  }

  void releaseRequest(int bytes) {
    held.addAndGet(-bytes);
    node.requests().release(bytes);
  }

  void cancel(int id) {
    Serving serving = running.get(id);
    if (serving != null) {
      serving.cancel();
    }
  }

  boolean isBusy() {
    return !running.isEmpty();
  }

  void tick(long nowNanos) {
    if (hasWaitedLong(nowNanos)) {
      connection.resumeSoon();
    }
  }

  /** Interrupts the handlers. */
  void close() {
    closed = true;
    running.values().forEach(Serving::cancel);
  }
}
