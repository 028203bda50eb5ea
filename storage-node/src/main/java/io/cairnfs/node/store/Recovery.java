package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.store.segment.Place;
import io.cairnfs.node.store.segment.RecordHeader;
import io.cairnfs.node.store.segment.SegmentDirectory;
import io.cairnfs.node.store.segment.SegmentScan;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Key256;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings index and segments together when the store is opened: puts that are durable in a segment
 * and that the index has lost are entered again, and segments of which nothing is alive are
 * removed.
 *
 * <p>The index loses only the last of its changes, for its log is one sequence; so what it knows of
 * the segments ends at one place, and nothing that was deleted lies behind it.
 *
 * @param uses how much of each segment is alive
 * @param sweeps the last sweep of each volume that was heard of; thread-safe
 * @param end where the records end
 * @param lastSegment the largest number that a segment has
 */
record Recovery(
    SegmentUses uses, Map<VolumeId, Long> sweeps, Counters counters, Place end, int lastSegment) {

  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  static Recovery run(RocksDatabase database, SegmentDirectory directory)
      throws IOException, RocksDBException {
    byte[] encoded = Columns.readNote(database, Columns.COUNTERS_NOTE);
    Counters counters = encoded == null ? Counters.ZERO : Counters.decode(encoded);
    byte[] known = Columns.readNote(database, Columns.END_NOTE);
    Place end = known == null ? Place.START : Columns.end(known);
    SegmentUses uses = SegmentUses.read(database);
    Map<VolumeId, Long> sweeps = new ConcurrentHashMap<>(ClaimScan.sweeps(database));
    try (WriteBatch batch = new WriteBatch();
        WriteOptions unsynced = new WriteOptions()) {
      IndexBatch index = new IndexBatch(database, batch, uses, sweeps, counters);
      Place found = scan(directory, end, index);
      if (!found.equals(end)) {
        // Needs no sync: after another crash the same is found again.
        LOG.info("Entered blocks that the index had lost, up to {}", found);
        index.finish(found);
        database.db().write(unsynced, batch);
        uses.apply(index.changedUses());
      }
      int last = removeDead(directory, uses, found);
      return new Recovery(uses, sweeps, index.counters(), found, last);
    }
  }

  private static Place scan(SegmentDirectory directory, Place known, IndexBatch index)
      throws IOException, RocksDBException {
    SegmentScan scan = new SegmentScan(directory);
    Place end = known;
    for (int segment : directory.list()) {
      if (segment >= known.segment()) {
        Place from = segment == known.segment() ? known : new Place(segment, 0);
        SegmentScan.Result result = scan.run(from);
        for (List<SegmentScan.Found> put : result.puts()) {
          enter(put, index);
        }
        end = result.end();
      }
    }
    return end;
  }

  private static void enter(List<SegmentScan.Found> put, IndexBatch index) throws RocksDBException {
    for (SegmentScan.Found found : put) {
      RecordHeader header = found.header();
      index.skipArrivals(header.arrival());
      if (!header.logDecides()) {
        enter(found, index);
      }
    }
  }

  private static void enter(SegmentScan.Found found, IndexBatch index) throws RocksDBException {
    RecordHeader header = found.header();
    Key256 digest = header.digest();
    IndexEntry before = index.find(digest);
    IndexEntry after =
        before == null
            ? index.add(digest, header.sizeBytes())
            : index.withoutBody(digest, index.withoutQuarantine(digest, before));
    if (header.claim() != null) {
      index.claims().raise(digest, header.claim());
    }
    if (header.arrival() > 0 || before == null) {
      long arrival = header.arrival() > 0 ? header.arrival() : index.lastArrival() + 1;
      after = index.arrive(digest, after, arrival, header.replication());
    }
    index.set(digest, index.withBody(after, new SegmentBody(found.place(), found.sums())));
  }

  /**
   * @return the largest number that a segment has
   */
  private static int removeDead(SegmentDirectory directory, SegmentUses uses, Place end)
      throws IOException {
    int last = end.segment();
    for (int segment : directory.list()) {
      last = Math.max(last, segment);
      if (uses.of(segment).records() > 0) {
        continue;
      }
      if (segment == end.segment()) {
        uses.dead().add(segment);
      } else {
        directory.delete(segment);
      }
    }
    return last;
  }
}
