package io.cairnfs.node.store;

import java.util.concurrent.CompletableFuture;

/** A mutation that waits to be durable, and the caller who waits for it. */
final class PendingMutation {

  private final Mutation mutation;
  private final CompletableFuture<Integer> done = new CompletableFuture<>();
  private int result;

  PendingMutation(Mutation mutation) {
    this.mutation = mutation;
  }

  Mutation mutation() {
    return mutation;
  }

  CompletableFuture<Integer> done() {
    return done;
  }

  /** Remembers the result until it is durable. */
  void result(int value) {
    result = value;
  }

  void complete() {
    done.complete(result);
  }

  /** Fails it, unless it has an outcome. */
  void fail(StoreException e) {
    done.completeExceptionally(e);
  }
}
