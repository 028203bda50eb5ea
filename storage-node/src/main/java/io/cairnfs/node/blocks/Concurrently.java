package io.cairnfs.node.blocks;

import io.cairnfs.node.store.StoreException;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Does the same with many blocks at a time, so that they share syncs and use all readers of the
 * store.
 */
final class Concurrently {

  /** Something done with one block. */
  @FunctionalInterface
  interface Step<T, R> {
    R on(T input) throws StoreException, InterruptedException;
  }

  private Concurrently() {}

  /** The result for each input, in order. */
  static <T, R> List<R> map(List<T> inputs, Step<T, R> step)
      throws WireException, InterruptedException {
    if (inputs.size() == 1) {
      try {
        return List.of(step.on(inputs.getFirst())); // nobody to share with
      } catch (StoreException e) {
        throw StoreErrors.toWire(e);
      }
    }
    List<R> results = new ArrayList<>(inputs.size());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<R>> futures = new ArrayList<>(inputs.size());
      for (T input : inputs) {
        futures.add(threads.submit(() -> step.on(input)));
      }
      for (Future<R> future : futures) {
        results.add(future.get());
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StoreException failure) {
        throw StoreErrors.toWire(failure);
      }
      throw new WireException(WireError.INTERNAL, "a fault of the store: " + e.getCause(), e);
    }
    return results;
  }
}
