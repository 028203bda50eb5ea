package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.rocksdb.RocksDBException;

/**
 * How long a store has been open in its life, in milliseconds from 1. Grace is counted by it, so
 * that neither a clock that jumps nor an outage shortens it. What a crash takes from it only makes
 * grace longer. Thread-safe.
 */
final class RunClock {

  private final LongSupplier nanoTime;
  private final long beforeMillis;
  private final long openedNanos;

  /**
   * @param beforeMillis what it said when it was kept last
   */
  RunClock(long beforeMillis, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.beforeMillis = beforeMillis;
    this.openedNanos = nanoTime.getAsLong();
  }

  static RunClock read(RocksDatabase database, LongSupplier nanoTime) throws RocksDBException {
    byte[] kept = Columns.readNote(database, Columns.CLOCK_NOTE);
    return new RunClock(kept == null ? 1 : Columns.longValue(kept), nanoTime);
  }

  long millis() {
    return beforeMillis + TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - openedNanos);
  }
}
