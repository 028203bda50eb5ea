package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.transport.Limits;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers one connection's requests, and bounds what they hold: the peer keeps to the window that
 * it was told, and to its share of the transport's memory. While that is spent nothing more is read
 * from this connection; for a while, then its requests are refused.
 */
final class Server {

  /**
   * How long reading waits for memory; after that, answers to our own requests behind it matter
   * more.
   */
  private static final Duration MAX_WAIT = Duration.ofSeconds(2);

  /**
   * What a request takes beside its bytes until it is answered, so that empty ones are bounded too.
   */
  static final int REQUEST_OVERHEAD_BYTES = 1024;

  private static final long NOT_WAITING = Long.MIN_VALUE;

  private final Node node;
  private final Connection connection;
  private final PeerShare share;
  private final Map<Integer, Serving> running = new ConcurrentHashMap<>();
  private final AtomicLong held = new AtomicLong();
  private final AtomicBoolean wished = new AtomicBoolean();
  private long waitingSinceNanos = NOT_WAITING;
  private volatile boolean closed;

  Server(Node node, Connection connection, PeerShare share) {
    this.node = node;
    this.connection = connection;
    this.share = share;
  }

  /** Decides about a request of which nothing is known but its size. */
  FrameGate.Verdict admit(int id, int bytes) throws WireException {
    if (id == 0 || running.containsKey(id)) {
      throw new WireException(WireError.MALFORMED, "a request's id is not 0 and not in flight");
    }
    if (running.size() >= Limits.MAX_IN_FLIGHT
        || (held.get() > 0 && held.get() + bytes > node.config().windowBytes())) {
      throw new WireException(WireError.TOO_LARGE, "more is in flight than the window allows");
    }
    long now = System.nanoTime();
    if (share.faults().isExhausted(now)) {
      return FrameGate.Verdict.WAIT;
    }
    if (takeOrWish(bytes + REQUEST_OVERHEAD_BYTES)) {
      waitingSinceNanos = NOT_WAITING;
      held.addAndGet(bytes);
      return FrameGate.Verdict.TAKE;
    }
    if (hasWaitedLong(now)) {
      waitingSinceNanos = NOT_WAITING;
      return refuse(id, "the node has no memory left for requests");
    }
    if (waitingSinceNanos == NOT_WAITING) {
      waitingSinceNanos = now;
    }
    return FrameGate.Verdict.WAIT;
  }

  private boolean takeOrWish(long bytes) {
    if (!wished.compareAndSet(false, true)) {
      return share.requests().tryTake(bytes);
    }
    boolean taken = share.requests().tryTakeOrWish(bytes, this::onRoom);
    if (taken) {
      wished.set(false);
    }
    return taken;
  }

  private void onRoom() {
    wished.set(false);
    connection.resumeSoon();
  }

  private boolean hasWaitedLong(long nowNanos) {
    return waitingSinceNanos != NOT_WAITING && nowNanos - waitingSinceNanos > MAX_WAIT.toNanos();
  }

  private FrameGate.Verdict refuse(int id, String detail) {
    connection.send(FrameEncoder.failure(id, WireError.BUSY, detail), List.of(), null);
    return FrameGate.Verdict.SKIP;
  }

  void serve(Frame.Request request) {
    Serving serving = new Serving(node, connection, share, request);
    running.put(request.id(), serving);
    serving.start();
    if (closed) {
      serving.cancel();
    }
  }

  /** A request is about to be answered: its memory is free, its id may come again. Any thread. */
  void finished(Frame.Request request) {
    running.remove(request.id());
    releaseRequest(request.bytes());
  }

  void releaseRequest(int bytes) {
    held.addAndGet(-bytes);
    share.requests().release(bytes + REQUEST_OVERHEAD_BYTES);
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

  /** Interrupts the handlers. */
  void close() {
    closed = true;
    running.values().forEach(Serving::cancel);
  }
}
