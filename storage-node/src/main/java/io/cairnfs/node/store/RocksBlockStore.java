package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.store.StoreException.Reason;
import io.cairnfs.node.store.segment.SegmentDirectory;
import io.cairnfs.node.store.segment.SegmentReader;
import io.cairnfs.node.store.segment.SegmentWriter;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.cid.Multihash;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Key256;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The block store on the disk; a facade over its reading threads and its one writer. The index is
 * in RocksDB, as {@link Columns} describes; large bodies are in segment files, small ones in
 * RocksDB.
 */
public final class RocksBlockStore implements BlockStore {

  private static final Logger LOG = LoggerFactory.getLogger(RocksBlockStore.class);

  /** Far less than a process may have; segments that are read together are few. */
  private static final int MAX_OPEN_SEGMENTS = 128;

  private final RocksDatabase database;
  private final SpaceGuard space;
  private final int segmentMinBytes;
  private final Key256 epoch;
  private final RunClock clock;
  private final StoreWriter writer;
  private final WriteQueue queue;
  private final ReadPool readers;
  private final SegmentReader segments;
  private final BodyReader bodies;
  private final Compaction compaction;
  private final Scrubbing scrubbing;

  private RocksBlockStore(
      RocksDatabase database,
      SpaceGuard space,
      Key256 epoch,
      RunClock clock,
      StoreWriter writer,
      SegmentDirectory files,
      SegmentReader segments,
      StoreSettings settings) {
    this.database = database;
    this.space = space;
    this.segmentMinBytes = settings.segmentMinBytes();
    this.epoch = epoch;
    this.clock = clock;
    this.writer = writer;
    this.queue = new WriteQueue(writer, settings);
    this.readers = new ReadPool(settings.readers());
    this.segments = segments;
    this.bodies = new BodyReader(database, segments);
    this.compaction =
        new Compaction(
            database, files, readers, bodies, this::get, queue::execute, segmentMinBytes);
    this.scrubbing = new Scrubbing(database, readers, bodies, this::quarantine);
  }

  /**
   * Opens the store in a database that has {@link Columns#ALL}. The database stays the caller's,
   * who closes it after this store.
   *
   * @param directory where the segments are; it exists, and nothing else is in it
   */
  public static RocksBlockStore open(RocksDatabase database, Path directory, StoreSettings settings)
      throws IOException {
    try {
      SpaceGuard space = new SpaceGuard(directory, settings);
      Key256 epoch = epoch(database);
      SegmentDirectory files = new SegmentDirectory(directory);
      Recovery recovered = Recovery.run(database, files);
      SegmentWriter segments =
          new SegmentWriter(
              files, recovered.end(), recovered.lastSegment(), settings.segmentBytes());
      SegmentReader reader = new SegmentReader(files, MAX_OPEN_SEGMENTS);
      RunClock clock = RunClock.read(database, System::nanoTime);
      StoreWriter writer =
          new StoreWriter(database, space, files, segments, reader, clock, recovered);
      return new RocksBlockStore(database, space, epoch, clock, writer, files, reader, settings);
    } catch (RocksDBException e) {
      throw new IOException("cannot open the block store: " + e.getMessage(), e);
    }
  }

  private static Key256 epoch(RocksDatabase database) throws RocksDBException {
    byte[] kept = Columns.readNote(database, Columns.EPOCH_NOTE);
    if (kept != null) {
      return Key256.of(kept);
    }
    byte[] fresh = new byte[Key256.BYTES];
    new SecureRandom().nextBytes(fresh);
    try (WriteOptions synced = new WriteOptions().setSync(true)) {
      database
          .db()
          .put(database.handle(Columns.MARKS), synced, Columns.noteKey(Columns.EPOCH_NOTE), fresh);
    }
    return Key256.of(fresh);
  }

  @Override
  public int put(List<Block> blocks, PutOptions options)
      throws StoreException, InterruptedException {
    long bytes = BlockChecks.check(blocks, options);
    List<PreparedBlock> prepared =
        blocks.stream().map(block -> PreparedBlock.of(block, segmentMinBytes)).toList();
    return blocks.isEmpty() ? 0 : queue.execute(new Mutation.Put(prepared, options, bytes));
  }

  @Override
  public BitSet have(List<Key256> digests) throws StoreException, InterruptedException {
    return readers.run(
        () -> {
          BitSet present = new BitSet(digests.size());
          for (int i = 0; i < digests.size(); i++) {
            IndexEntry entry = bodies.find(digests.get(i));
            present.set(i, entry != null && !entry.quarantined());
          }
          return present;
        });
  }

  @Override
  public byte[] get(Key256 digest) throws StoreException, InterruptedException {
    StoredBody stored = readers.runApart(() -> bodies.read(digest));
    if (!stored.matches(digest)) {
      throw quarantine(digest, stored);
    }
    return Objects.requireNonNull(stored.bytes());
  }

  @Override
  public byte[] get(Key256 digest, int offset, int length)
      throws StoreException, InterruptedException {
    ByteRange range = ByteRange.of(offset, length);
    StoredBody stored = readers.runApart(() -> bodies.read(digest, range));
    if (stored.bytes() == null) {
      throw quarantine(digest, stored);
    }
    return stored.bytes();
  }

  private StoreException quarantine(Key256 digest, StoredBody damaged) throws InterruptedException {
    try {
      if (queue.execute(new Mutation.Quarantine(digest, damaged.entry())) > 0) {
        Cid cid = Cid.of(Codec.RAW, Multihash.ofSha256(digest.toBytes()));
        LOG.error("Put {} into quarantine: its body is damaged on the disk", cid);
      }
    } catch (StoreException e) {
      LOG.error("Could not put {} into quarantine: {}", digest, e.getMessage());
    }
    return new StoreException(Reason.CORRUPT, digest + " is damaged");
  }

  @Override
  public @Nullable BlockStat stat(Key256 digest) throws StoreException, InterruptedException {
    return readers
        .run(() -> Optional.ofNullable(bodies.find(digest)))
        .map(IndexEntry::toStat)
        .orElse(null);
  }

  @Override
  public boolean delete(Key256 digest) throws StoreException, InterruptedException {
    return queue.execute(new Mutation.Delete(digest)) > 0;
  }

  @Override
  public void pin(Cid cid) throws StoreException, InterruptedException {
    BlockChecks.requireSha256(cid);
    queue.execute(new Mutation.Pin(cid));
  }

  @Override
  public void unpin(Cid cid) throws StoreException, InterruptedException {
    BlockChecks.requireSha256(cid);
    queue.execute(new Mutation.Unpin(cid));
  }

  @Override
  public List<Cid> pins(@Nullable Cid after, int limit)
      throws StoreException, InterruptedException {
    byte[] from = after == null ? Columns.pinPrefix() : Columns.successor(Columns.pinKey(after));
    return scanMarks(Columns.pinPrefix(), from, limit).stream().map(Columns::pinnedCid).toList();
  }

  @Override
  public List<Key256> quarantined(int limit) throws StoreException, InterruptedException {
    byte[] prefix = Columns.quarantinePrefix();
    return scanMarks(prefix, prefix, limit).stream().map(Columns::quarantinedDigest).toList();
  }

  private List<byte[]> scanMarks(byte[] prefix, byte[] from, int limit)
      throws StoreException, InterruptedException {
    return read(() -> MarkScan.keys(database, prefix, from, limit));
  }

  @Override
  public BitSet claim(List<Key256> digests, Claim claim)
      throws StoreException, InterruptedException {
    while (true) {
      BitSet present = have(digests);
      List<Key256> unclaimed = unclaimed(digests, present, claim);
      if (unclaimed.isEmpty()
          || queue.execute(new Mutation.Claiming(unclaimed, claim)) == unclaimed.size()) {
        return present;
      }
      // Some went in between.
    }
  }

  private List<Key256> unclaimed(List<Key256> digests, BitSet present, Claim claim)
      throws StoreException, InterruptedException {
    long needed = Math.max(claim.epoch(), writer.sweepOf(claim.volume()));
    return read(
        () -> {
          List<Key256> unclaimed = new ArrayList<>();
          for (int i = 0; i < digests.size(); i++) {
            if (present.get(i)
                && ClaimScan.epoch(database, digests.get(i), claim.volume()) < needed) {
              unclaimed.add(digests.get(i));
            }
          }
          return unclaimed;
        });
  }

  @Override
  public List<List<Claim>> claims(List<Key256> digests)
      throws StoreException, InterruptedException {
    return read(() -> ClaimScan.of(database, digests).stream().map(ClaimScan::claims).toList());
  }

  @Override
  public ClaimPage claimed(VolumeId volume, long below, @Nullable Key256 after, int limit)
      throws StoreException, InterruptedException {
    return read(() -> ClaimScan.page(database, volume, below, after, limit));
  }

  @Override
  public void sweepOpened(VolumeId volume, long sweep) throws StoreException, InterruptedException {
    queue.execute(new Mutation.SweepOpened(volume, sweep));
  }

  @Override
  public int release(VolumeId volume, long below, List<Key256> digests)
      throws StoreException, InterruptedException {
    return queue.execute(new Mutation.Release(volume, below, List.copyOf(digests)));
  }

  @Override
  public int collect(Duration grace, int limit) throws StoreException, InterruptedException {
    long through = clock.millis() - grace.toMillis();
    return queue.execute(new Mutation.Collect(through, limit));
  }

  @Override
  public long compact() throws StoreException, InterruptedException {
    return compaction.step(writer.counters().deadBytes());
  }

  @Override
  public ScrubPage scrub(@Nullable Key256 after, int maxBlocks, long maxBytes)
      throws StoreException, InterruptedException {
    return scrubbing.page(after, maxBlocks, maxBytes);
  }

  /** A look at the database on one of the reading threads. */
  @FunctionalInterface
  private interface Look<T> {
    T run() throws RocksDBException;
  }

  private <T> T read(Look<T> look) throws StoreException, InterruptedException {
    return readers.run(
        () -> {
          try {
            return look.run();
          } catch (RocksDBException e) {
            throw failed(e);
          }
        });
  }

  @Override
  public List<ListedBlock> list(Key256 from, int limit)
      throws StoreException, InterruptedException {
    return read(() -> IndexScan.page(database, from, limit));
  }

  @Override
  public int drop(List<SurplusCopy> copies) throws StoreException, InterruptedException {
    return copies.isEmpty() ? 0 : queue.execute(new Mutation.Drop(List.copyOf(copies)));
  }

  @Override
  public void onChange(ChangeListener listener) {
    writer.onChange(listener);
  }

  @Override
  public Key256 epoch() {
    return epoch;
  }

  @Override
  public long lastArrival() {
    return writer.durableArrival();
  }

  @Override
  public ArrivalPage arrivals(long after, int limit) throws StoreException, InterruptedException {
    return read(() -> ArrivalScan.page(database, after, writer.durableArrival(), limit));
  }

  @Override
  public byte @Nullable [] note(String name) throws StoreException, InterruptedException {
    return read(() -> Optional.ofNullable(Columns.readNote(database, name))).orElse(null);
  }

  @Override
  public void keepNote(String name, byte[] value) throws StoreException, InterruptedException {
    if (name.startsWith(".")) {
      throw new IllegalArgumentException("notes of that kind are the store's own: " + name);
    }
    queue.execute(new Mutation.Note(name, value.clone()));
  }

  @Override
  public StoreFigures figures() {
    Counters counters = writer.counters();
    long room = 0;
    try {
      room = space.roomBytes(counters.bytes());
    } catch (IOException e) {
      LOG.warn("Cannot ask the disk for its free space: {}", e.toString());
    }
    boolean writable = room >= BlockLimits.MAX_ACCEPTED_BYTES && !writer.isFailing();
    return new StoreFigures(
        counters.blocks(),
        counters.bytes(),
        counters.quarantined(),
        counters.garbageBlocks(),
        counters.garbageBytes(),
        room,
        writable);
  }

  private static StoreException failed(RocksDBException e) {
    return new StoreException(Reason.FAILED, "the database failed: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    queue.close();
    readers.close();
    segments.close();
    bodies.close();
  }
}
