package io.cairnfs.protocol.transport;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waiting for calls: what every transport shares. */
public final class Calls {

  private Calls() {}

  /**
   * Waits for a call, which bounds its time itself.
   *
   * @throws InterruptedException if this thread is interrupted; the call is cancelled
   */
  public static <T> T await(CompletableFuture<T> call) throws WireException, InterruptedException {
    try {
      return call.get();
    } catch (InterruptedException e) {
      call.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof WireException failure) {
        // A new one, whose stack trace tells who called.
        throw new WireException(failure.error(), failure.detail(), failure);
      }
      throw new WireException(WireError.INTERNAL, "the call failed: " + e.getCause(), e);
    }
  }
}
