package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.transport.Limits;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What one connection sends: answers and requests in turn, as fast as the peer takes them; requests
 * only as far as the peer's window allows. Queues may be fed from any thread; everything else
 * happens on the event loop.
 */
final class Outbox {

  /**
   * Requests that wait for the window: as much as a few windows; their bodies are in the caller's
   * hands anyway.
   */
  private static final long MAX_QUEUED_BYTES = 64 << 20;

  /** What a queued request counts beyond its bytes, so that empty ones are bounded too. */
  private static final int CALL_OVERHEAD_BYTES = 4096;

  /** Answers in the queue beyond which the peer only asks and never listens. */
  private static final int MAX_QUEUED_ANSWERS = 4 * Limits.MAX_IN_FLIGHT;

  /** Small frames are flushed together, up to this. */
  private static final int FLUSH_BYTES = 256 << 10;

  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  private record Answer(byte[] head, List<byte[]> bodies, @Nullable Runnable onGone) {}

  private final Channel channel;
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final AtomicInteger answersQueued = new AtomicInteger();
  private final Queue<PendingCall<?>> calls = new ConcurrentLinkedQueue<>();
  private final Budget callBudget = new Budget(MAX_QUEUED_BYTES);
  private final AtomicBoolean drainScheduled = new AtomicBoolean();
  private final Map<Integer, PendingCall<?>> inFlight = new HashMap<>();
  private int nextId = 1;
  private long windowBytes;
  private long inFlightBytes;
  private boolean open;
  private volatile @Nullable WireException closed;

  private long writesDone;
  private long seenWritesDone;
  private long seenPendingBytes;
  private long seenProgress;
  private long lastProgressNanos;

  Outbox(Channel channel) {
    this.channel = channel;
  }

  /** Requests may go from now on. */
  void open(long peerWindowBytes) {
    windowBytes = peerWindowBytes;
    open = true;
    drain();
  }

  /** Queues a request; fails it if there is no room. */
  void send(PendingCall<?> call) {
    if (callBudget.tryTake(call.bytes + CALL_OVERHEAD_BYTES)) {
      queue(call);
    } else {
      call.fail(new WireException(WireError.BUSY, "too many requests wait for this peer"));
    }
  }

  /** Queues a request, waiting for room. */
  void sendWaiting(PendingCall<?> call, Duration timeout) throws InterruptedException {
    if (callBudget.take(call.bytes + CALL_OVERHEAD_BYTES, timeout)) {
      queue(call);
    } else {
      call.expire();
    }
  }

  private void queue(PendingCall<?> call) {
    call.queuedIn(this);
    calls.add(call);
    schedule();
  }

  /**
   * Queues an answer or a control frame.
   *
   * @param onGone called when it was written or never will be; null for nothing
   * @return false if the peer has left too many unread: the connection should end
   */
  boolean answer(byte[] head, List<byte[]> bodies, @Nullable Runnable onGone) {
    answers.add(new Answer(head, bodies, onGone));
    boolean room = answersQueued.incrementAndGet() <= MAX_QUEUED_ANSWERS;
    schedule();
    return room;
  }

  private void schedule() {
    if (drainScheduled.compareAndSet(false, true)) {
      try {
        channel.eventLoop().execute(this::drain);
      } catch (RejectedExecutionException e) {
        clear(new WireException(WireError.CLOSING, "this transport is closed", e));
      }
    }
  }

  /** Writes what may be written. */
  void drain() {
    drainScheduled.set(false);
    WireException end = closed;
    if (end != null) {
      clear(end);
      return;
    }
    int unflushed = 0;
    boolean more = true;
    while (more && channel.isWritable()) {
      int written = writeAnswer() + writeCall();
      more = written > 0;
      unflushed += written;
      if (unflushed >= FLUSH_BYTES) {
        channel.flush();
        unflushed = 0;
      }
    }
    if (unflushed > 0) {
      channel.flush();
    }
  }

  private int writeAnswer() {
    Answer answer = answers.poll();
    if (answer == null) {
      return 0;
    }
    answersQueued.decrementAndGet();
    ChannelFuture written = write(answer.head, answer.bodies);
    Runnable onGone = answer.onGone;
    if (onGone != null) {
      written.addListener(future -> onGone.run());
    }
    return answer.head.length + (int) Limits.bytesOf(answer.bodies);
  }

  private int writeCall() {
    PendingCall<?> call = calls.peek();
    while (call != null && call.isDone()) {
      dequeue(call);
      call = calls.peek();
    }
    if (call == null || !windowHasRoom(call)) {
      return 0;
    }
    dequeue(call);
    byte[] head = call.head;
    if (head == null) {
      throw new IllegalStateException("a call is sent once");
    }
    call.id = nextId();
    FrameEncoder.setId(head, call.id);
    inFlight.put(call.id, call);
    inFlightBytes += call.bytes;
    write(head, call.bodies).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    call.head = null;
    call.bodies = List.of();
    return head.length + call.bytes;
  }

  private void dequeue(PendingCall<?> call) {
    if (calls.remove(call)) {
      callBudget.release(call.bytes + CALL_OVERHEAD_BYTES);
    }
  }

  private boolean windowHasRoom(PendingCall<?> call) {
    return open
        && inFlight.size() < Limits.MAX_IN_FLIGHT
        && (inFlight.isEmpty() || inFlightBytes + call.bytes <= windowBytes);
  }

  private int nextId() {
    do {
      nextId = nextId == Integer.MAX_VALUE ? 1 : nextId + 1;
    } while (inFlight.containsKey(nextId));
    return nextId;
  }

  private ChannelFuture write(byte[] head, List<byte[]> bodies) {
    if (isIdle()) {
      lastProgressNanos = System.nanoTime();
    }
    ChannelFuture last = channel.write(Unpooled.wrappedBuffer(head));
    for (byte[] body : bodies) {
      if (body.length > 0) {
        last = channel.write(Unpooled.wrappedBuffer(body));
      }
    }
    return last.addListener(future -> writesDone++);
  }

  /** The call that an answer is for; null if none is owed. */
  @Nullable PendingCall<?> inFlight(int id) {
    return inFlight.get(id);
  }

  /** An answer came, wanted or not: its request leaves the window. */
  void answered(PendingCall<?> call) {
    if (inFlight.remove(call.id) != null) {
      inFlightBytes -= call.bytes;
      schedule();
    }
  }

  /** The call's result is known; if that was not by its answer, the peer is told. Any thread. */
  void ended(PendingCall<?> call) {
    if (closed == null && !channel.eventLoop().isShuttingDown()) {
      channel.eventLoop().execute(() -> cancelIfOwed(call));
    }
  }

  private void cancelIfOwed(PendingCall<?> call) {
    if (call.id == 0) {
      dequeue(call);
    } else if (inFlight.get(call.id) == call) {
      answer(FrameEncoder.encode(FrameKind.CANCEL, call.id, null, List.of()), List.of(), null);
    }
  }

  boolean hasCalls() {
    return !inFlight.isEmpty() || !calls.isEmpty();
  }

  private boolean isIdle() {
    return pendingBytes() == 0;
  }

  private long pendingBytes() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  /** Whether the peer took no byte for some time although some wait. */
  boolean isStalled(long nowNanos, long patienceNanos) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    long pending = pendingBytes();
    long progress = buffer == null ? 0 : buffer.currentProgress();
    // More that waits is no progress: a peer may go on asking without reading.
    boolean moved =
        pending < seenPendingBytes || progress != seenProgress || writesDone != seenWritesDone;
    seenPendingBytes = pending;
    if (pending == 0 || moved) {
      seenWritesDone = writesDone;
      seenProgress = progress;
      lastProgressNanos = nowNanos;
      return false;
    }
    return nowNanos - lastProgressNanos > patienceNanos;
  }

  /** Fails all calls. Later ones fail too. */
  void close(WireException reason) {
    closed = reason;
    clear(reason);
  }

  private void clear(WireException reason) {
    Answer answer;
    while ((answer = answers.poll()) != null) {
      answersQueued.decrementAndGet();
      if (answer.onGone != null) {
        answer.onGone.run();
      }
    }
    PendingCall<?> call;
    while ((call = calls.poll()) != null) {
      callBudget.release(call.bytes + CALL_OVERHEAD_BYTES);
      call.fail(reason);
    }
    for (PendingCall<?> sent : List.copyOf(inFlight.values())) {
      sent.fail(reason);
    }
    inFlight.clear();
  }
}
