package io.cairnfs.client.namespace;

import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.head.InodeRange;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The session's unused inode numbers. More are asked for in the background when half of a grant is
 * left, so that a transaction hardly ever waits for them. Thread-safe.
 */
final class InodeNumbers {

  /** There is no number in memory. Control flow; carries no stack trace. */
  static final class NoneLeftException extends RuntimeException {
    NoneLeftException() {
      super(null, null, false, false);
    }
  }

  /** Asks the head for numbers. */
  @FunctionalInterface
  interface Source {
    InodeRange grant(int count) throws NamespaceException, InterruptedException;
  }

  /** Numbers per grant: several seconds of creating at full speed. */
  static final int GRANT = 1 << 16;

  private final Source source;
  private InodeRange current = new InodeRange(0, 0);
  private InodeRange reserve = new InodeRange(0, 0);
  private @Nullable CompletableFuture<Void> refill;

  InodeNumbers(Source source) {
    this.source = source;
  }

  private static long size(InodeRange range) {
    return range.end() - range.first();
  }

  /**
   * A number that is unused, without using it.
   *
   * @param index 0 for the next, 1 for the one after it, ...
   * @throws NoneLeftException if there are not so many in memory
   */
  synchronized long peek(int index) {
    if (index < size(current)) {
      return current.first() + index;
    }
    long beyond = index - size(current);
    if (beyond < size(reserve)) {
      return reserve.first() + beyond;
    }
    throw new NoneLeftException();
  }

  /** Uses up the next numbers. */
  synchronized void use(int count) {
    long fromCurrent = Math.min(count, size(current));
    current = new InodeRange(current.first() + fromCurrent, current.end());
    if (count > fromCurrent) {
      current = new InodeRange(reserve.first() + count - fromCurrent, reserve.end());
      reserve = new InodeRange(0, 0);
    }
    if (size(current) + size(reserve) < GRANT / 2) {
      CompletableFuture<Void> unused = startRefill(); // whoever needs it asks for it again
    }
  }

  private synchronized CompletableFuture<Void> startRefill() {
    if (refill == null) {
      CompletableFuture<Void> mine = new CompletableFuture<>();
      refill = mine;
      Thread.ofVirtual().name("inode-grant").start(() -> refill(mine));
    }
    return refill;
  }

  private void refill(CompletableFuture<Void> done) {
    try {
      add(source.grant(GRANT));
      done.complete(null);
    } catch (Exception e) { // whoever waits gets it; the next to need a number tries again
      synchronized (this) {
        refill = null;
      }
      done.completeExceptionally(e);
    }
  }

  private synchronized void add(InodeRange range) {
    refill = null;
    if (size(current) == 0) {
      current = range;
    } else {
      reserve = range;
    }
  }

  /** Waits until there are numbers. */
  void await() throws NamespaceException, InterruptedException {
    try {
      startRefill().get(Deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new NamespaceException(
          NamespaceException.Reason.UNAVAILABLE, "no inode numbers were granted in time", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof NamespaceException cause) {
        throw cause;
      }
      throw new NamespaceException(
          NamespaceException.Reason.UNAVAILABLE, "no inode numbers were granted", e);
    }
  }
}
