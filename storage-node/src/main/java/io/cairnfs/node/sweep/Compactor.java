package io.cairnfs.node.sweep;

import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.worker.Tally;
import io.cairnfs.node.worker.Throttle;
import io.cairnfs.node.worker.Worker;
import java.time.Duration;

/** Gives the space of deleted blocks back to the disk. */
public final class Compactor implements Worker {

  /**
   * After a unit of work that took t it rests for t times this, so that readers and writers come
   * first.
   */
  private static final int REST_FACTOR = 2;

  private static final Duration WHEN_IDLE = Duration.ofSeconds(10);

  private final BlockStore store;
  private final Throttle throttle = new Throttle(Throttle.UNBOUNDED);
  private volatile boolean busy;

  public Compactor(BlockStore store) {
    this.store = store;
  }

  @Override
  public String name() {
    return "compaction";
  }

  @Override
  public String progress() {
    return busy ? "moves what is alive out of files that are mostly dead" : "nothing to move";
  }

  @Override
  public Tally tally() {
    return Tally.bytes(throttle.spentBytes(), 0);
  }

  @Override
  public Throttle throttle() {
    return throttle;
  }

  @Override
  public Duration work() throws StoreException, InterruptedException {
    long started = System.nanoTime();
    long bytes = store.compact();
    busy = bytes >= 0;
    throttle.spend(Math.max(0, bytes));
    return busy ? Duration.ofNanos((System.nanoTime() - started) * REST_FACTOR) : WHEN_IDLE;
  }
}
