package io.cairnfs.client.fuse.session;

import io.cairnfs.client.fuse.linux.Errno;
import io.cairnfs.client.fuse.protocol.Opcode;
import io.cairnfs.client.fuse.protocol.Request;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait, and the memory for them. Most are short and move into a small buffer, so
 * that the reader keeps its large one; the others take the large one with them. Both kinds are
 * bounded: when too many wait, the reader does too, until one is answered, which {@link Watchdog}
 * sees to. Waits for locks, which may last, are bounded by themselves. Thread-safe.
 */
final class ParkingLot {

  private static final int SMALL_BYTES = 16 * 1024;
  private static final int MAX_SMALL = 512;
  private static final int MAX_LARGE = 64;

  /** No request for a lock is longer, nor its answer. */
  private static final int LOCK_BYTES = 64;

  /** As many as a session may have at its head; they take up nobody else's place. */
  private static final int MAX_LOCK_WAITS = 1024;

  private final Dispatcher dispatcher;
  private final Duration timeout;
  private final ConcurrentMap<Long, ParkedRequest> parked = new ConcurrentHashMap<>();
  private final Slots small = new Slots(MAX_SMALL, SMALL_BYTES);
  private final Slots large = new Slots(MAX_LARGE, Request.MAX_DATA_BYTES);
  private final Slots lockWaits = new Slots(MAX_LOCK_WAITS, LOCK_BYTES);

  /** Parks requests that each get so much time. */
  ParkingLot(Dispatcher dispatcher, Duration timeout) {
    this.dispatcher = dispatcher;
    this.timeout = timeout;
  }

  /**
   * Carries a request out on a thread that may wait.
   *
   * @return what the caller reads the next request into
   */
  Request park(Request request) {
    if (request.opcode() == Opcode.SETLKW) {
      parkLockWait(request);
      return request;
    }
    if (request.fits(SMALL_BYTES, Dispatcher.answerBound(request))) {
      Request moved = small.take();
      moved.copyFrom(request);
      start(moved, small);
      return request;
    }
    Request next = large.take();
    start(request, large);
    return next;
  }

  /** One too many is refused: others must not wait for locks that are not theirs. */
  private void parkLockWait(Request request) {
    Request moved = lockWaits.takeIfFree();
    if (moved == null) {
      RequestReader.answer(request, -Errno.ENOLCK);
      return;
    }
    moved.copyFrom(request);
    start(moved, lockWaits);
  }

  private void start(Request request, Slots slots) {
    long unique = request.unique();
    ParkedRequest task =
        new ParkedRequest(
            request,
            dispatcher,
            timeout,
            () -> {
              parked.remove(unique);
              slots.giveBack(request);
            });
    parked.put(unique, task);
    task.start();
  }

  @Nullable ParkedRequest find(long unique) {
    return parked.get(unique);
  }

  Collection<ParkedRequest> all() {
    return parked.values();
  }

  /** Buffers of one size, at most so many in use beside those that the readers hold. */
  private static final class Slots {
    private final Semaphore free;
    private final int capacity;
    private final ConcurrentLinkedQueue<Request> idle = new ConcurrentLinkedQueue<>();

    Slots(int limit, int capacity) {
      free = new Semaphore(limit);
      this.capacity = capacity;
    }

    Request take() {
      free.acquireUninterruptibly();
      return idleOrNew();
    }

    @Nullable Request takeIfFree() {
      return free.tryAcquire() ? idleOrNew() : null;
    }

    private Request idleOrNew() {
      Request request = idle.poll();
      return request != null ? request : new Request(capacity);
    }

    void giveBack(Request request) {
      idle.add(request);
      free.release();
    }
  }
}
