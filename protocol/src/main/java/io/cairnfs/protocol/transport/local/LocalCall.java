package io.cairnfs.protocol.transport.local;

import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.transport.Caller;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.local.LinkRule.Fate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** One call between two members: runs the handler, on a virtual thread of its own. */
final class LocalCall<Q extends MessageLite, R extends MessageLite> implements Runnable {

  private final LocalTransport from;
  private final LocalTransport to;
  private final Method<Q, R> method;
  private final Envelope<Q> request;
  private final Duration timeout;
  private final boolean admitted;
  private final CompletableFuture<Envelope<R>> result = new CompletableFuture<>();

  /**
   * @param admitted whether it has one of the callee's handler permits already
   */
  LocalCall(
      LocalTransport from,
      LocalTransport to,
      Method<Q, R> method,
      Envelope<Q> request,
      Duration timeout,
      boolean admitted) {
    this.from = from;
    this.to = to;
    this.method = method;
    this.request = request;
    this.timeout = timeout;
    this.admitted = admitted;
  }

  CompletableFuture<Envelope<R>> result() {
    return result;
  }

  void fail(WireError error, String detail) {
    result.completeExceptionally(new WireException(error, detail));
  }

  void expire() {
    fail(WireError.TIMEOUT, method + " took longer than " + timeout.toMillis() + " ms");
  }

  @Override
  public void run() {
    try {
      if (!admitted) {
        to.handlerPermits().acquire();
      }
      try {
        deliver();
      } finally {
        to.handlerPermits().release();
      }
    } catch (WireException e) {
      result.completeExceptionally(e);
    } catch (InterruptedException e) {
      // The end of the call is what interrupts this thread; a handler that gave up by itself has
      // not ended it.
      fail(WireError.TIMEOUT, method + " was interrupted");
    }
  }

  private void deliver() throws WireException, InterruptedException {
    Fate fate = from.network().rule().fateOf(from.self(), to.self(), method);
    switch (fate) {
      case Fate.Deliver(Duration delay) -> {
        Thread.sleep(delay);
        result.complete(answer());
      }
      case Fate.DropReply() -> {
        answer();
        awaitEnd();
      }
      case Fate.DropRequest() -> awaitEnd();
      case Fate.Refuse() -> fail(WireError.UNREACHABLE, to.self() + " refuses");
    }
  }

  private Envelope<R> answer() throws WireException, InterruptedException {
    return to.handlers().answer(method, new Caller(from.self(), null), request, timeout);
  }

  /** The deadline, a cancellation or a close ends it by an interrupt. */
  private static void awaitEnd() throws InterruptedException {
    new CountDownLatch(1).await();
  }
}
