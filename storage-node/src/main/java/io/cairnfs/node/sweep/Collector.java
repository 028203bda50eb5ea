package io.cairnfs.node.sweep;

import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.store.StoreFigures;
import io.cairnfs.node.worker.Tally;
import io.cairnfs.node.worker.Worker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes the blocks that nothing has held for their grace. */
public final class Collector implements Worker {

  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);

  /** Blocks deleted at once: a few milliseconds of the store's one writer. */
  private static final int PAGE = 512;

  /** Leaves the writer to others for most of the time. */
  private static final Duration BETWEEN_PAGES = Duration.ofMillis(20);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);

  private final BlockStore store;
  private final Duration grace;
  private long run;
  private final AtomicLong collected = new AtomicLong();

  /**
   * @param grace how long a block stays after the last that held it has let it go
   */
  public Collector(BlockStore store, Duration grace) {
    this.store = store;
    this.grace = grace;
  }

  @Override
  public String name() {
    return "garbage";
  }

  @Override
  public String progress() {
    StoreFigures figures = store.figures();
    return collected.get()
        + " blocks deleted since the start, "
        + figures.garbageBlocks()
        + " of "
        + figures.garbageBytes()
        + " bytes wait for the end of their grace";
  }

  @Override
  public Tally tally() {
    return Tally.blocks(collected.get(), store.figures().garbageBlocks());
  }

  @Override
  public Duration work() throws StoreException, InterruptedException {
    int deleted = store.figures().garbageBlocks() == 0 ? 0 : store.collect(grace, PAGE);
    collected.addAndGet(deleted);
    run += deleted;
    if (deleted == PAGE) {
      return BETWEEN_PAGES;
    }
    if (run > 0) {
      LOG.info("Deleted {} blocks that nothing held for {}", run, grace);
      run = 0;
    }
    Duration pause = grace.dividedBy(8);
    if (pause.compareTo(LONGEST_PAUSE) > 0) {
      return LONGEST_PAUSE;
    }
    return pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause;
  }
}
