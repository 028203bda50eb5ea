package io.cairnfs.client.block;

import java.util.concurrent.atomic.LongAdder;

/** What the block client counts. Thread-safe; only ever grows. */
public final class BlockCounters {

  final LongAdder cacheHits = new LongAdder();
  final LongAdder cacheMisses = new LongAdder();
  final LongAdder wrongBodies = new LongAdder();
  final LongAdder repairs = new LongAdder();
  final LongAdder hedges = new LongAdder();
  final LongAdder substitutes = new LongAdder();
  final LongAdder givenUpReplicas = new LongAdder();
  final LongAdder rebuilt = new LongAdder();

  /** Gets that the cache answered. */
  public long cacheHits() {
    return cacheHits.sum();
  }

  /** Gets that went further. */
  public long cacheMisses() {
    return cacheMisses.sum();
  }

  /** Bodies from nodes that did not hash to their CID. */
  public long wrongBodies() {
    return wrongBodies.sum();
  }

  /** Right bytes that were sent to a node whose replica was bad. */
  public long repairs() {
    return repairs.sum();
  }

  /** Second tries that were started because the first was slow. */
  public long hedges() {
    return hedges.sum();
  }

  /** Replicas written to a node that is not among the designated ones. */
  public long substitutes() {
    return substitutes.sum();
  }

  /** Replicas beyond the write-acks that were not waited for, because too many were. */
  public long givenUpReplicas() {
    return givenUpReplicas.sum();
  }

  /** Shards of stripes that were made from others, because none could be read. */
  public long rebuilt() {
    return rebuilt.sum();
  }
}
