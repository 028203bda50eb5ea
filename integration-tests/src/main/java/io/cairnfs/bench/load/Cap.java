package io.cairnfs.bench.load;

import java.time.Duration;

/** When a loop stops before it has done everything; its rate is then that of what it did. */
final class Cap {

  private final long start = System.nanoTime();
  private final long nanos;

  Cap(Duration duration) {
    nanos = duration.toNanos();
  }

  boolean reached() {
    return System.nanoTime() - start > nanos;
  }

  Tally tally(long units) {
    return Tally.since(start, units);
  }
}
