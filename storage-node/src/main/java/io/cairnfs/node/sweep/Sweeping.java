package io.cairnfs.node.sweep;

import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.worker.Workers;
import io.cairnfs.protocol.transport.Transport;
import java.time.Duration;

/**
 * What a node does so that the space of blocks that nobody needs comes back: a facade over the
 * service that sweeps talk to, and the workers behind it.
 */
public final class Sweeping {

  private final BlockStore store;
  private final Duration grace;
  private final ClaimRelease release;

  /**
   * @param grace how long a block stays after the last that held it has let it go
   */
  public Sweeping(BlockStore store, Duration grace) throws StoreException, InterruptedException {
    this.store = store;
    this.grace = grace;
    this.release = new ClaimRelease(store);
  }

  public void register(Transport transport) {
    new SweepService(store, release).register(transport);
  }

  public void start(Workers workers) {
    workers.start(release);
    workers.start(new Collector(store, grace));
    workers.start(new Compactor(store));
  }
}
