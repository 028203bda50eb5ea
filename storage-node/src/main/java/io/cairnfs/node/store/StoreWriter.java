package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksFailures;
import io.cairnfs.node.store.StoreException.Reason;
import io.cairnfs.protocol.identity.Key256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only one who changes the store: executes groups of mutations, each group made durable at
 * once, one after the other on one thread.
 *
 * <p>A small group goes through the write-ahead log and one sync. A bulky one skips the log, which
 * would write every body twice, and is flushed; flushes are atomic over the columns, so a crash
 * before its end loses the whole group and never keeps an index entry without its body. Until a
 * flush has succeeded its blocks are not reported as present, and every group after a failed flush
 * flushes again.
 */
final class StoreWriter implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StoreWriter.class);

  private final RocksDatabase database;
  private final SpaceGuard space;
  private final StoreSettings settings;
  private final WriteBatch batch = new WriteBatch();
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final WriteOptions unlogged = new WriteOptions().setDisableWAL(true);
  private final Set<Key256> undurable = ConcurrentHashMap.newKeySet();
  private boolean flushNeeded;
  private long lastArrival;
  private volatile Counters counters;
  private volatile long durableArrival;
  private volatile boolean failing;

  StoreWriter(
      RocksDatabase database,
      SpaceGuard space,
      StoreSettings settings,
      Counters counters,
      long lastArrival) {
    this.database = database;
    this.space = space;
    this.settings = settings;
    this.counters = counters;
    this.lastArrival = lastArrival;
    this.durableArrival = lastArrival;
  }

  /** Whether a block that the index shows is not on disk yet. Thread-safe. */
  boolean isUndurable(Key256 digest) {
    return undurable.contains(digest);
  }

  Counters counters() {
    return counters;
  }

  /** The last arrival that is on disk. Thread-safe. */
  long durableArrival() {
    return durableArrival;
  }

  /** Whether the last group could not be made durable. Thread-safe. */
  boolean isFailing() {
    return failing;
  }

  /** Executes a group and completes each of its mutations; never throws. */
  void execute(List<PendingMutation> group) {
    try {
      batch.clear();
      long room = space.roomBytes(counters.bytes());
      GroupBuilder builder = new GroupBuilder(database, batch, counters, lastArrival, room);
      List<PendingMutation> accepted = build(builder, group);
      boolean unloggedWrite = flushNeeded || builder.bodyBytes() >= settings.bulkBytes();
      if (!builder.isEmpty()) {
        write(builder, unloggedWrite);
      }
      if (flushNeeded) {
        flush();
      }
      durableArrival = lastArrival;
      failing = false;
      accepted.forEach(PendingMutation::complete);
    } catch (RocksDBException e) {
      failAll(group, failure(e));
    } catch (IOException e) {
      failAll(
          group,
          new StoreException(Reason.FAILED, "cannot ask the disk for its free space: " + e, e));
    } catch (RuntimeException e) {
      failAll(group, new StoreException(Reason.FAILED, "a fault of the store: " + e, e));
    }
  }

  private List<PendingMutation> build(GroupBuilder builder, List<PendingMutation> group)
      throws RocksDBException {
    List<PendingMutation> accepted = new ArrayList<>(group.size());
    for (PendingMutation pending : group) {
      try {
        pending.result(builder.add(pending.mutation()));
        accepted.add(pending);
      } catch (StoreException e) {
        pending.fail(e);
      }
    }
    builder.finish();
    return accepted;
  }

  private void write(GroupBuilder builder, boolean skipLog) throws RocksDBException {
    if (skipLog) {
      undurable.addAll(builder.bodiesWritten());
      flushNeeded = true;
    }
    // Numbers of a write that fails are not used again: it may yet turn out to have happened.
    lastArrival = builder.lastArrival();
    database.db().write(skipLog ? unlogged : synced, batch);
    counters = builder.counters();
  }

  private void flush() throws RocksDBException {
    database.flush();
    flushNeeded = false;
    undurable.clear();
  }

  private void failAll(List<PendingMutation> group, StoreException e) {
    log.warn("A group of {} changes failed: {}", group.size(), e.getMessage());
    failing = true;
    group.forEach(pending -> pending.fail(e));
  }

  private static StoreException failure(RocksDBException e) {
    if (RocksFailures.isNoSpace(e)) {
      return new StoreException(Reason.NO_SPACE, "the disk is full", e);
    }
    return new StoreException(Reason.FAILED, "the database failed: " + e.getMessage(), e);
  }

  /** Puts what is not durable yet on disk, and frees what was made for writing. */
  @Override
  public void close() {
    @Nullable RocksDBException failure = null;
    try {
      if (flushNeeded) {
        flush();
      }
    } catch (RocksDBException e) {
      failure = e;
    }
    batch.close();
    synced.close();
    unlogged.close();
    if (failure != null) {
      log.warn(
          "Closed with blocks that were never acknowledged and are not on disk: {}",
          failure.getMessage());
    }
  }
}
