package io.cairnfs.protocol.transport.netty;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the handlers that run at once, for each peer and for all. What is beyond a bound waits;
 * peers take turns, so that none is served later because another asks for more. Waiting requests
 * are bounded by the windows of their connections and by the budget of requests. Thread-safe.
 */
final class HandlerPool {

  private final int limit;
  private final int limitPerPeer;
  private final Deque<Lane> ready = new ArrayDeque<>();
  private int running;

  HandlerPool(int limit, int limitPerPeer) {
    this.limit = limit;
    this.limitPerPeer = limitPerPeer;
  }

  /** The requests of one peer. Guarded by the pool. */
  final class Lane {

    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int running;
    private boolean queued;

    /**
     * Starts a handler now or in its turn.
     *
     * @param start does not block; {@link #ended} is called when the handler that it started has
     *     ended
     */
    void submit(Runnable start) {
      synchronized (HandlerPool.this) {
        waiting.add(start);
        enqueue();
      }
      startNext();
    }

    void ended() {
      synchronized (HandlerPool.this) {
        running--;
        HandlerPool.this.running--;
        enqueue();
      }
      startNext();
    }

    private void enqueue() {
      if (!queued && !waiting.isEmpty() && running < limitPerPeer) {
        queued = true;
        ready.add(this);
      }
    }
  }

  Lane open() {
    return new Lane();
  }

  private void startNext() {
    for (Runnable next = poll(); next != null; next = poll()) {
      next.run();
    }
  }

  private synchronized @Nullable Runnable poll() {
    if (running >= limit || ready.isEmpty()) {
      return null;
    }
    Lane lane = ready.remove();
    lane.queued = false;
    lane.running++;
    running++;
    Runnable next = lane.waiting.remove();
    lane.enqueue();
    return next;
  }

  synchronized int running() {
    return running;
  }
}
