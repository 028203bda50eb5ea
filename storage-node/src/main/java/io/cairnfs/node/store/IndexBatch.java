package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.store.segment.Place;
import io.cairnfs.node.store.segment.RecordHeader;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Key256;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Changes of the index that are written at once, each seeing the ones before it, with the sums that
 * follow from them. Confined to one thread.
 */
final class IndexBatch {

  private final RocksDatabase database;
  private final WriteBatch batch;
  private final SegmentUses uses;
  private final ClaimBatch claims;
  private final Map<Key256, Optional<IndexEntry>> entries = new HashMap<>();
  private final Map<Integer, SegmentUse> changedUses = new HashMap<>();
  private Counters counters;

  /**
   * @param batch empty
   * @param uses not changed
   * @param sweeps the last sweep of each volume that was heard of
   */
  IndexBatch(
      RocksDatabase database,
      WriteBatch batch,
      SegmentUses uses,
      Map<VolumeId, Long> sweeps,
      Counters counters) {
    this.database = database;
    this.batch = batch;
    this.uses = uses;
    this.claims = new ClaimBatch(database, batch, sweeps);
    this.counters = counters;
  }

  Counters counters() {
    return counters;
  }

  /** The claims, which change with the index. */
  ClaimBatch claims() {
    return claims;
  }

  /** The largest number that was given to an arrival. */
  long lastArrival() {
    return counters.lastArrival();
  }

  /** The blocks that changed. */
  Set<Key256> changed() {
    return entries.keySet();
  }

  /** The segments whose use changed. */
  Map<Integer, SegmentUse> changedUses() {
    return changedUses;
  }

  boolean isEmpty() {
    return batch.count() == 0;
  }

  @Nullable IndexEntry find(Key256 digest) throws RocksDBException {
    Optional<IndexEntry> change = entries.get(digest);
    if (change != null) {
      return change.orElse(null);
    }
    byte[] value = database.db().get(database.handle(Columns.INDEX), digest.toBytes());
    return value == null ? null : IndexEntry.decode(value);
  }

  void set(Key256 digest, IndexEntry entry) {
    entries.put(digest, Optional.of(entry));
  }

  /** Counts a new block; its entry is still to be set. */
  IndexEntry add(Key256 digest, int sizeBytes) {
    counters = counters.plus(1, sizeBytes);
    claims.fresh(digest);
    return IndexEntry.fresh(sizeBytes);
  }

  /** Removes a block with all that the index says of it. */
  void remove(Key256 digest, IndexEntry entry) throws RocksDBException {
    IndexEntry bare = withoutBody(digest, withoutQuarantine(digest, held(digest, entry)));
    batch.delete(database.handle(Columns.ARRIVALS), Columns.arrivalKey(bare.arrival()));
    claims.releaseAll(digest);
    counters = counters.plus(-1, -bare.sizeBytes());
    entries.put(digest, Optional.empty());
  }

  /** Gives a block a number in the arrival log, instead of the one that it may have. */
  IndexEntry arrive(Key256 digest, IndexEntry entry, long arrival, int replication)
      throws RocksDBException {
    if (entry.arrival() > 0) {
      batch.delete(database.handle(Columns.ARRIVALS), Columns.arrivalKey(entry.arrival()));
    }
    batch.put(
        database.handle(Columns.ARRIVALS),
        Columns.arrivalKey(arrival),
        Columns.arrivalValue(digest, entry.sizeBytes(), replication));
    skipArrivals(arrival);
    return entry.withArrival(arrival, replication);
  }

  /** Lets no number up to this one be given any more. */
  void skipArrivals(long through) {
    counters = counters.withLastArrival(Math.max(counters.lastArrival(), through));
  }

  IndexEntry withoutQuarantine(Key256 digest, IndexEntry entry) throws RocksDBException {
    if (entry.quarantined()) {
      batch.delete(database.handle(Columns.MARKS), Columns.quarantineKey(digest));
      counters = counters.plusQuarantined(-1);
    }
    return entry.withQuarantined(false);
  }

  IndexEntry withQuarantine(Key256 digest, IndexEntry entry) throws RocksDBException {
    mark(Columns.quarantineKey(digest), Columns.EMPTY);
    counters = counters.plusQuarantined(1);
    return entry.withQuarantined(true);
  }

  /** Notes that somebody wants a block, so that it is no garbage any more. */
  IndexEntry held(Key256 digest, IndexEntry entry) throws RocksDBException {
    if (!entry.isGarbage()) {
      return entry;
    }
    batch.delete(
        database.handle(Columns.GARBAGE), Columns.garbageKey(entry.garbageSince(), digest));
    counters = counters.plusGarbage(-1, -entry.sizeBytes());
    return entry.withGarbageSince(0);
  }

  /**
   * Makes a block garbage if nothing holds it.
   *
   * @param nowMillis by {@link RunClock}
   */
  IndexEntry letGo(Key256 digest, IndexEntry entry, long nowMillis) throws RocksDBException {
    if (entry.isGarbage() || entry.pinned() || !claims.of(digest).isEmpty()) {
      return entry;
    }
    batch.put(
        database.handle(Columns.GARBAGE), Columns.garbageKey(nowMillis, digest), Columns.EMPTY);
    counters = counters.plusGarbage(1, entry.sizeBytes());
    keepClock(nowMillis);
    return entry.withGarbageSince(nowMillis);
  }

  /** Notes that dead bytes are out of the database's files. */
  void bodiesCompacted(long bytes) throws RocksDBException {
    counters = counters.plusDead(-bytes);
    mark(Columns.noteKey(Columns.COUNTERS_NOTE), counters.encode());
  }

  /** Keeps what {@link RunClock} says. */
  void keepClock(long nowMillis) throws RocksDBException {
    mark(Columns.noteKey(Columns.CLOCK_NOTE), Columns.longValue(nowMillis));
  }

  /** Puts a body into the database. */
  void putBody(Key256 digest, byte[] bytes) throws RocksDBException {
    batch.put(database.handle(Columns.BODIES), digest.toBytes(), bytes);
  }

  /** Says where a body is in the segments. */
  IndexEntry withBody(IndexEntry entry, SegmentBody body) {
    use(body.record(), 1, RecordHeader.recordBytes(entry.sizeBytes()));
    return entry.withBody(body);
  }

  /** Lets go of the body that a block has. */
  IndexEntry withoutBody(Key256 digest, IndexEntry entry) throws RocksDBException {
    SegmentBody body = entry.body();
    if (body == null) {
      batch.delete(database.handle(Columns.BODIES), digest.toBytes());
      counters = counters.plusDead(entry.sizeBytes());
    } else {
      use(body.record(), -1, -RecordHeader.recordBytes(entry.sizeBytes()));
    }
    return entry.withBody(null);
  }

  private void use(Place record, int records, long bytes) {
    SegmentUse before = changedUses.computeIfAbsent(record.segment(), segment -> uses.of(segment));
    changedUses.put(record.segment(), before.plus(records, bytes));
  }

  void mark(byte[] key, byte[] value) throws RocksDBException {
    batch.put(database.handle(Columns.MARKS), key, value);
  }

  void unmark(byte[] key) throws RocksDBException {
    batch.delete(database.handle(Columns.MARKS), key);
  }

  /**
   * Completes the batch; nothing is added after it.
   *
   * @param end how far the index then knows the segments; null if nothing was appended
   */
  void finish(@Nullable Place end) throws RocksDBException {
    for (Map.Entry<Key256, Optional<IndexEntry>> change : entries.entrySet()) {
      byte[] key = change.getKey().toBytes();
      if (change.getValue().isPresent()) {
        batch.put(database.handle(Columns.INDEX), key, change.getValue().get().encode());
      } else {
        batch.delete(database.handle(Columns.INDEX), key);
      }
    }
    for (Map.Entry<Integer, SegmentUse> use : changedUses.entrySet()) {
      byte[] key = Columns.segmentKey(use.getKey());
      if (use.getValue().records() > 0) {
        batch.put(database.handle(Columns.SEGMENTS), key, use.getValue().encode());
      } else {
        batch.delete(database.handle(Columns.SEGMENTS), key);
      }
    }
    if (!entries.isEmpty()) {
      mark(Columns.noteKey(Columns.COUNTERS_NOTE), counters.encode());
    }
    if (end != null) {
      mark(Columns.noteKey(Columns.END_NOTE), Columns.endValue(end));
    }
  }
}
