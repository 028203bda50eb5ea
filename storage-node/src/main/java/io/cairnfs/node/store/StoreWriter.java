package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksFailures;
import io.cairnfs.node.store.StoreException.Reason;
import io.cairnfs.node.store.segment.SegmentDirectory;
import io.cairnfs.node.store.segment.SegmentReader;
import io.cairnfs.node.store.segment.SegmentWriter;
import io.cairnfs.protocol.head.VolumeId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only one who changes the store: executes groups of mutations, each group made durable at
 * once, one after the other on one thread.
 *
 * <p>First the bodies in segments are put on the disk, then the index learns of them, so that it
 * never shows what is not durable. The index itself is synced only if the group did what the
 * records in the segments do not tell; {@link Recovery} finds the others there.
 */
final class StoreWriter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StoreWriter.class);

  private final RocksDatabase database;
  private final SpaceGuard space;
  private final SegmentDirectory directory;
  private final SegmentWriter segments;
  private final SegmentReader readers;
  private final SegmentUses uses;
  private final Map<VolumeId, Long> sweeps;
  private final SparseSegments sparse;
  private final RunClock clock;
  private final WriteBatch batch = new WriteBatch();
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final WriteOptions unsynced = new WriteOptions();
  private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();
  private long lastArrival;
  private volatile Counters counters;
  private volatile long durableArrival;
  private volatile boolean failing;

  /**
   * @param segments closed by this
   * @param readers told which files are removed
   */
  StoreWriter(
      RocksDatabase database,
      SpaceGuard space,
      SegmentDirectory directory,
      SegmentWriter segments,
      SegmentReader readers,
      RunClock clock,
      Recovery recovered) {
    this.database = database;
    this.space = space;
    this.directory = directory;
    this.segments = segments;
    this.readers = readers;
    this.clock = clock;
    this.uses = recovered.uses();
    this.sweeps = recovered.sweeps();
    this.sparse = new SparseSegments(uses, directory, segments);
    this.counters = recovered.counters();
    this.lastArrival = counters.lastArrival();
    this.durableArrival = lastArrival;
  }

  Counters counters() {
    return counters;
  }

  /** The last arrival that is on disk. Thread-safe. */
  long durableArrival() {
    return durableArrival;
  }

  /** The last sweep of a volume that was heard of; 0 for none. Thread-safe. */
  long sweepOf(VolumeId volume) {
    return sweeps.getOrDefault(volume, 0L);
  }

  /** Thread-safe. */
  void onChange(ChangeListener listener) {
    listeners.add(listener);
  }

  /** Whether the last group could not be made durable. Thread-safe. */
  boolean isFailing() {
    return failing;
  }

  /** Executes a group and completes each of its mutations; never throws. */
  void execute(List<PendingMutation> group) {
    batch.clear();
    IndexBatch index =
        new IndexBatch(database, batch, uses, sweeps, counters.withLastArrival(lastArrival));
    try {
      List<PendingMutation> accepted = write(index, group);
      durableArrival = lastArrival;
      failing = false;
      accepted.forEach(PendingMutation::complete);
      removeDead();
    } catch (RocksDBException e) {
      failAll(group, index, failure(e));
    } catch (IOException e) {
      failAll(group, index, failure(e));
    } catch (RuntimeException e) {
      failAll(group, index, new StoreException(Reason.FAILED, "a fault of the store: " + e, e));
    }
  }

  private List<PendingMutation> write(IndexBatch index, List<PendingMutation> group)
      throws IOException, RocksDBException {
    GroupBuilder builder =
        new GroupBuilder(
            database, index, segments, sparse, clock, space.roomBytes(counters.bytes()));
    List<PendingMutation> accepted = build(builder, group);
    segments.force();
    if (!index.isEmpty()) {
      // Numbers of a write that fails are not used again: it may yet turn out to have happened.
      lastArrival = index.lastArrival();
      database.db().write(builder.needsLog() ? synced : unsynced, batch);
      counters = index.counters();
      uses.apply(index.changedUses());
      for (ChangeListener listener : listeners) {
        listener.changed(index.changed());
      }
    }
    return accepted;
  }

  private static List<PendingMutation> build(GroupBuilder builder, List<PendingMutation> group)
      throws IOException, RocksDBException {
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

  /** Removes the segments that nobody needs, all of whose deletes are on the disk. */
  private void removeDead() {
    for (Iterator<Integer> dead = uses.dead().iterator(); dead.hasNext(); ) {
      int segment = dead.next();
      if (!segments.isOpen(segment)) {
        try {
          readers.forget(segment);
          directory.delete(segment);
        } catch (IOException e) {
          LOG.warn(
              "Cannot remove segment {}, of which nothing is alive: {}", segment, e.toString());
        }
        dead.remove();
      }
    }
  }

  private void failAll(List<PendingMutation> group, IndexBatch index, StoreException e) {
    LOG.warn("A group of {} changes failed: {}", group.size(), e.getMessage());
    failing = true;
    // What was appended may be found at the next start, with its numbers.
    lastArrival = Math.max(lastArrival, index.lastArrival());
    segments.abandon();
    group.forEach(pending -> pending.fail(e));
  }

  private static StoreException failure(RocksDBException e) {
    if (RocksFailures.isNoSpace(e)) {
      return new StoreException(Reason.NO_SPACE, "the disk is full", e);
    }
    return new StoreException(Reason.FAILED, "the database failed: " + e.getMessage(), e);
  }

  private static StoreException failure(IOException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("No space left") || message.contains("quota exceeded")) {
      return new StoreException(Reason.NO_SPACE, "the disk is full", e);
    }
    return new StoreException(Reason.FAILED, "the disk failed: " + e, e);
  }

  /** Frees what was made for writing. */
  @Override
  public void close() {
    segments.close();
    batch.close();
    synced.close();
    unsynced.close();
  }
}
