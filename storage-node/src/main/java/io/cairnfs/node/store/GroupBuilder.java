package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.store.StoreException.Reason;
import io.cairnfs.node.store.segment.Place;
import io.cairnfs.node.store.segment.SegmentWriter;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.identity.Key256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Turns a group of mutations into one batch of the index and records of the segments. Confined to
 * the writer's thread; of one group's life.
 */
final class GroupBuilder {

  private final RocksDatabase database;
  private final IndexBatch index;
  private final SegmentWriter segments;
  private final SparseSegments sparse;
  private final RunClock clock;
  private final Place start;
  private boolean logDecides;
  private long roomBytes;

  /**
   * @param index empty
   * @param roomBytes how much the group may add
   */
  GroupBuilder(
      RocksDatabase database,
      IndexBatch index,
      SegmentWriter segments,
      SparseSegments sparse,
      RunClock clock,
      long roomBytes) {
    this.database = database;
    this.index = index;
    this.segments = segments;
    this.sparse = sparse;
    this.clock = clock;
    this.start = segments.end();
    this.roomBytes = roomBytes;
  }

  /**
   * Adds a mutation.
   *
   * @return its result
   * @throws StoreException if it is refused; then nothing of it was added
   * @throws IOException if a segment cannot be written; then the group has failed
   */
  int add(Mutation mutation) throws IOException, RocksDBException {
    logDecides |= !(mutation instanceof Mutation.Put || mutation instanceof Mutation.Move);
    return switch (mutation) {
      case Mutation.Put put -> put(put);
      case Mutation.Delete delete -> delete(delete.digest());
      case Mutation.Pin pin -> pin(pin);
      case Mutation.Unpin unpin -> unpin(unpin);
      case Mutation.Quarantine quarantine -> quarantine(quarantine);
      case Mutation.Claiming claiming -> claim(claiming);
      case Mutation.SweepOpened opened -> {
        index.claims().opened(opened.volume(), opened.epoch());
        yield 0;
      }
      case Mutation.Release release -> release(release);
      case Mutation.Drop drop -> drop(drop);
      case Mutation.Collect collect -> collect(collect);
      case Mutation.FindSparse unused -> sparse.find();
      case Mutation.Move move -> move(move);
      case Mutation.BodiesCompacted compacted -> {
        index.bodiesCompacted(compacted.bytes());
        yield 0;
      }
      case Mutation.Note note -> {
        index.mark(Columns.noteKey(note.name()), note.value());
        yield 0;
      }
    };
  }

  /** Completes the batch; nothing is added after it. */
  void finish() throws RocksDBException {
    Place end = segments.end();
    index.finish(end.equals(start) ? null : end);
  }

  /**
   * Whether the batch must be on the disk for the group to be durable. If not, the records tell all
   * of it; but a new segment asks for it all the same, so that a start after a crash need not look
   * at more than one.
   */
  boolean needsLog() {
    return logDecides || segments.end().segment() != start.segment();
  }

  private int put(Mutation.Put put) throws IOException, RocksDBException {
    long needed = 0;
    long recordBytes = 0;
    for (PreparedBlock prepared : put.blocks()) {
      if (needsBody(index.find(prepared.digest()))) {
        needed += prepared.sizeBytes();
        recordBytes += prepared.recordBytes();
      }
    }
    if (needed > roomBytes) {
      throw new StoreException(Reason.NO_SPACE, "no room for " + needed + " bytes of blocks");
    }
    roomBytes -= needed;
    PutRecords records =
        new PutRecords(recordBytes > 0 ? segments.begin(recordBytes) : segments.end());
    int stored = 0;
    for (PreparedBlock prepared : put.blocks()) {
      if (put(prepared, put.options(), records)) {
        stored++;
      }
    }
    records.appendTo(segments);
    logDecides |= records.logDecides();
    return stored;
  }

  private static boolean needsBody(@Nullable IndexEntry entry) {
    return entry == null || entry.quarantined();
  }

  private boolean put(PreparedBlock prepared, PutOptions options, PutRecords records)
      throws RocksDBException {
    Key256 digest = prepared.digest();
    IndexEntry before = index.find(digest);
    IndexEntry after = before == null ? index.add(digest, prepared.sizeBytes()) : before;
    if (before != null && before.quarantined()) {
      after = index.withoutBody(digest, index.withoutQuarantine(digest, before));
    }
    long arrival = 0;
    // Others looked at an old arrival of lower replication and found that it does not concern them.
    if (before == null || options.replication() > before.replication()) {
      arrival = index.lastArrival() + 1;
      after = index.arrive(digest, after, arrival, options.replication());
    }
    if (before != null && before.isGarbage()) {
      after = index.held(digest, after);
      records.letLogDecide();
    }
    Claim told = claim(digest, before, options.claims(), records);
    if (needsBody(before)) {
      after = putBody(prepared, after, arrival, told, records);
    } else if (arrival > 0) {
      records.letLogDecide();
    }
    if (options.pin()) {
      index.mark(Columns.pinKey(prepared.block().cid()), Columns.EMPTY);
      after = after.withPinned(true);
      records.letLogDecide();
    }
    if (!after.equals(before)) {
      index.set(digest, after);
    }
    return before == null;
  }

  /**
   * Adds the claims of a put to one of its blocks.
   *
   * @return the one that the block's record tells; null if it tells none
   */
  private @Nullable Claim claim(
      Key256 digest, @Nullable IndexEntry before, List<Claim> claims, PutRecords records)
      throws RocksDBException {
    boolean raised = false;
    for (Claim claim : claims) {
      raised |= index.claims().raise(digest, claim);
    }
    boolean recordTells = before == null && claims.size() <= 1;
    if (raised && !recordTells) {
      records.letLogDecide();
    }
    return raised && recordTells ? index.claims().current(claims.getFirst()) : null;
  }

  private IndexEntry putBody(
      PreparedBlock prepared,
      IndexEntry entry,
      long arrival,
      @Nullable Claim claim,
      PutRecords records)
      throws RocksDBException {
    if (prepared.sums() == null) {
      records.letLogDecide();
      index.putBody(prepared.digest(), prepared.block().bytes());
      return entry;
    }
    Place place = records.add(prepared, arrival, entry.replication(), claim);
    return index.withBody(entry, new SegmentBody(place, prepared.sums()));
  }

  private int delete(Key256 digest) throws StoreException, RocksDBException {
    IndexEntry entry = index.find(digest);
    if (entry == null) {
      return 0;
    }
    if (entry.pinned()) {
      throw new StoreException(Reason.PINNED, digest + " is pinned");
    }
    index.remove(digest, entry);
    return 1;
  }

  private int pin(Mutation.Pin pin) throws StoreException, RocksDBException {
    Key256 digest = pin.cid().key();
    IndexEntry entry = index.find(digest);
    if (entry == null) {
      throw new StoreException(Reason.NOT_FOUND, pin.cid() + " is not here");
    }
    index.mark(Columns.pinKey(pin.cid()), Columns.EMPTY);
    index.set(digest, index.held(digest, entry).withPinned(true));
    return 1;
  }

  /** Reads the pins on disk, and so must not follow a pin in its group. */
  private int unpin(Mutation.Unpin unpin) throws RocksDBException {
    Key256 digest = unpin.cid().key();
    byte[] key = Columns.pinKey(unpin.cid());
    IndexEntry entry = index.find(digest);
    if (entry == null || database.db().get(database.handle(Columns.MARKS), key) == null) {
      return 0;
    }
    index.unmark(key);
    boolean others = MarkScan.count(database, Columns.pinPrefix(digest), 2) > 1;
    index.set(digest, index.letGo(digest, entry.withPinned(others), clock.millis()));
    return 1;
  }

  private int claim(Mutation.Claiming claiming) throws RocksDBException {
    int present = 0;
    for (Key256 digest : claiming.digests()) {
      IndexEntry entry = index.find(digest);
      if (entry == null || entry.quarantined()) {
        continue;
      }
      present++;
      index.claims().raise(digest, claiming.claim());
      if (entry.isGarbage()) {
        index.set(digest, index.held(digest, entry));
      }
    }
    return present;
  }

  private int release(Mutation.Release release) throws RocksDBException {
    int garbage = 0;
    for (Key256 digest : release.digests()) {
      IndexEntry entry = index.find(digest);
      if (index.claims().release(digest, release.volume(), release.below()) && entry != null) {
        IndexEntry after = index.letGo(digest, entry, clock.millis());
        if (!after.equals(entry)) {
          index.set(digest, after);
          garbage++;
        }
      }
    }
    return garbage;
  }

  private int drop(Mutation.Drop drop) throws RocksDBException {
    int dropped = 0;
    for (SurplusCopy copy : drop.copies()) {
      IndexEntry entry = index.find(copy.digest());
      if (entry != null
          && !entry.pinned()
          && !entry.isGarbage()
          && index.claims().of(copy.digest()).equals(ClaimScan.epochs(copy.claims()))) {
        index.remove(copy.digest(), entry);
        dropped++;
      }
    }
    return dropped;
  }

  private int collect(Mutation.Collect collect) throws RocksDBException {
    int collected = 0;
    for (byte[] key : ClaimScan.garbage(database, collect.throughMillis(), collect.limit())) {
      Key256 digest = Columns.garbageDigest(key);
      IndexEntry entry = index.find(digest);
      // The group may have saved it.
      if (entry != null && entry.garbageSince() == Columns.garbageSince(key)) {
        index.remove(digest, entry);
        collected++;
      }
    }
    index.keepClock(clock.millis());
    return collected;
  }

  private int move(Mutation.Move move) throws IOException, RocksDBException {
    List<Mutation.Move.Moving> there = new ArrayList<>();
    long recordBytes = 0;
    for (Mutation.Move.Moving moving : move.bodies()) {
      IndexEntry entry = index.find(moving.prepared().digest());
      if (entry != null && entry.isAt(moving.from())) {
        there.add(moving);
        recordBytes += moving.prepared().recordBytes();
      }
    }
    if (there.isEmpty()) {
      return 0;
    }
    PutRecords records = new PutRecords(segments.begin(recordBytes));
    for (Mutation.Move.Moving moving : there) {
      Key256 digest = moving.prepared().digest();
      IndexEntry entry = Objects.requireNonNull(index.find(digest));
      index.set(
          digest, putBody(moving.prepared(), index.withoutBody(digest, entry), 0, null, records));
    }
    records.appendTo(segments);
    return there.size();
  }

  /** The body that was found damaged may have been replaced since. */
  private int quarantine(Mutation.Quarantine quarantine) throws RocksDBException {
    Key256 digest = quarantine.digest();
    IndexEntry entry = index.find(digest);
    if (entry == null || entry.quarantined() || !entry.equals(quarantine.seen())) {
      return 0;
    }
    index.set(digest, index.withQuarantine(digest, entry));
    return 1;
  }
}
