package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.store.StoreException.Reason;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.identity.Key256;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Turns a group of mutations into one write batch, each seeing the ones before it. Confined to the
 * writer's thread; of one group's life.
 */
final class GroupBuilder {

  private final RocksDatabase database;
  private final ColumnFamilyHandle bodies;
  private final ColumnFamilyHandle index;
  private final ColumnFamilyHandle arrivals;
  private final ColumnFamilyHandle marks;
  private final WriteBatch batch;
  private final Map<Key256, Optional<IndexEntry>> changed = new HashMap<>();
  private final Set<Key256> bodiesWritten = new HashSet<>();
  private Counters counters;
  private long lastArrival;
  private long roomBytes;
  private long bodyBytes;

  /**
   * @param batch empty
   * @param roomBytes how much the group may add
   */
  GroupBuilder(
      RocksDatabase database,
      WriteBatch batch,
      Counters counters,
      long lastArrival,
      long roomBytes) {
    this.database = database;
    this.bodies = database.handle(Columns.BODIES);
    this.index = database.handle(Columns.INDEX);
    this.arrivals = database.handle(Columns.ARRIVALS);
    this.marks = database.handle(Columns.MARKS);
    this.batch = batch;
    this.counters = counters;
    this.lastArrival = lastArrival;
    this.roomBytes = roomBytes;
  }

  /**
   * Adds a mutation.
   *
   * @return its result
   * @throws StoreException if it is refused; then nothing of it was added
   */
  int add(Mutation mutation) throws StoreException, RocksDBException {
    return switch (mutation) {
      case Mutation.Put put -> put(put);
      case Mutation.Delete delete -> delete(delete.digest());
      case Mutation.Pin pin -> pin(pin);
      case Mutation.Unpin unpin -> unpin(unpin);
      case Mutation.Quarantine quarantine -> quarantine(quarantine.digest());
      case Mutation.Note note -> {
        batch.put(marks, Columns.noteKey(note.name()), note.value());
        yield 0;
      }
    };
  }

  /** Completes the batch; nothing is added after it. */
  void finish() throws RocksDBException {
    if (!changed.isEmpty()) {
      for (Map.Entry<Key256, Optional<IndexEntry>> change : changed.entrySet()) {
        byte[] key = change.getKey().toBytes();
        if (change.getValue().isPresent()) {
          batch.put(index, key, change.getValue().get().encode());
        } else {
          batch.delete(index, key);
        }
      }
      batch.put(marks, Columns.noteKey(Columns.COUNTERS_NOTE), counters.encode());
    }
  }

  boolean isEmpty() {
    return batch.count() == 0;
  }

  Counters counters() {
    return counters;
  }

  long lastArrival() {
    return lastArrival;
  }

  long bodyBytes() {
    return bodyBytes;
  }

  /** The blocks whose bodies are in this batch. */
  Set<Key256> bodiesWritten() {
    return bodiesWritten;
  }

  private int put(Mutation.Put put) throws StoreException, RocksDBException {
    long needed = 0;
    for (Block block : put.blocks()) {
      IndexEntry entry = find(block.cid().key());
      if (entry == null || entry.quarantined()) {
        needed += block.bytes().length;
      }
    }
    if (needed > roomBytes) {
      throw new StoreException(Reason.NO_SPACE, "no room for " + needed + " bytes of blocks");
    }
    roomBytes -= needed;
    int stored = 0;
    for (Block block : put.blocks()) {
      if (put(block, put.options())) {
        stored++;
      }
    }
    return stored;
  }

  private boolean put(Block block, PutOptions options) throws RocksDBException {
    Key256 digest = block.cid().key();
    IndexEntry before = find(digest);
    IndexEntry after = before;
    if (after == null) {
      writeBody(digest, block.bytes());
      after =
          arrive(
              digest,
              new IndexEntry(block.bytes().length, 0, 0, false, false),
              options.replication());
      counters = counters.plus(1, block.bytes().length, 0);
    } else if (after.quarantined()) {
      writeBody(digest, block.bytes());
      batch.delete(marks, Columns.quarantineKey(digest));
      after = after.withQuarantined(false);
      counters = counters.plus(0, 0, -1);
    }
    if (before != null && options.replication() > before.replication()) {
      // Others looked at the old arrival and found that it does not concern them.
      batch.delete(arrivals, Columns.arrivalKey(before.arrival()));
      after = arrive(digest, after, options.replication());
    }
    if (options.pin()) {
      batch.put(marks, Columns.pinKey(block.cid()), Columns.EMPTY);
      after = after.withPinned(true);
    }
    if (!after.equals(before)) {
      changed.put(digest, Optional.of(after));
    }
    return before == null;
  }

  private void writeBody(Key256 digest, byte[] bytes) throws RocksDBException {
    batch.put(bodies, digest.toBytes(), bytes);
    bodyBytes += bytes.length;
    bodiesWritten.add(digest);
  }

  private IndexEntry arrive(Key256 digest, IndexEntry entry, int replication)
      throws RocksDBException {
    lastArrival++;
    batch.put(
        arrivals,
        Columns.arrivalKey(lastArrival),
        Columns.arrivalValue(digest, entry.sizeBytes(), replication));
    return entry.withArrival(lastArrival, replication);
  }

  private int delete(Key256 digest) throws StoreException, RocksDBException {
    IndexEntry entry = find(digest);
    if (entry == null) {
      return 0;
    }
    if (entry.pinned()) {
      throw new StoreException(Reason.PINNED, digest + " is pinned");
    }
    batch.delete(bodies, digest.toBytes());
    batch.delete(arrivals, Columns.arrivalKey(entry.arrival()));
    if (entry.quarantined()) {
      batch.delete(marks, Columns.quarantineKey(digest));
    }
    counters = counters.plus(-1, -entry.sizeBytes(), entry.quarantined() ? -1 : 0);
    changed.put(digest, Optional.empty());
    return 1;
  }

  private int pin(Mutation.Pin pin) throws StoreException, RocksDBException {
    Key256 digest = pin.cid().key();
    IndexEntry entry = find(digest);
    if (entry == null) {
      throw new StoreException(Reason.NOT_FOUND, pin.cid() + " is not here");
    }
    batch.put(marks, Columns.pinKey(pin.cid()), Columns.EMPTY);
    changed.put(digest, Optional.of(entry.withPinned(true)));
    return 1;
  }

  /** Reads the pins on disk, and so must not follow a pin in its group. */
  private int unpin(Mutation.Unpin unpin) throws RocksDBException {
    Key256 digest = unpin.cid().key();
    byte[] key = Columns.pinKey(unpin.cid());
    IndexEntry entry = find(digest);
    if (entry == null || database.db().get(marks, key) == null) {
      return 0;
    }
    batch.delete(marks, key);
    boolean others = MarkScan.count(database, Columns.pinPrefix(digest), 2) > 1;
    changed.put(digest, Optional.of(entry.withPinned(others)));
    return 1;
  }

  private int quarantine(Key256 digest) throws RocksDBException {
    IndexEntry entry = find(digest);
    if (entry == null || entry.quarantined() || bodiesWritten.contains(digest)) {
      return 0;
    }
    batch.put(marks, Columns.quarantineKey(digest), Columns.EMPTY);
    counters = counters.plus(0, 0, 1);
    changed.put(digest, Optional.of(entry.withQuarantined(true)));
    return 1;
  }

  private @Nullable IndexEntry find(Key256 digest) throws RocksDBException {
    Optional<IndexEntry> change = changed.get(digest);
    if (change != null) {
      return change.orElse(null);
    }
    byte[] value = database.db().get(index, digest.toBytes());
    return value == null ? null : IndexEntry.decode(value);
  }
}
