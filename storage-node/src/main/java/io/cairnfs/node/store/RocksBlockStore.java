package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksFailures;
import io.cairnfs.node.store.StoreException.Reason;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.cid.Multihash;
import io.cairnfs.protocol.identity.Key256;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The block store on RocksDB; a facade over its reading threads and its one writer. Bodies are blob
 * values and existence is a small column of its own, as {@link Columns} describes.
 */
public final class RocksBlockStore implements BlockStore {

  private static final Logger log = LoggerFactory.getLogger(RocksBlockStore.class);

  private final RocksDatabase database;
  private final SpaceGuard space;
  private final Key256 epoch;
  private final StoreWriter writer;
  private final WriteQueue queue;
  private final ReadPool readers;

  /**
   * Bodies are verified by their hash. RocksDB's checksum would be a second one, and its Java
   * library computes it by tables, at half the speed of SHA-256.
   */
  private final ReadOptions bodyRead = new ReadOptions().setVerifyChecksums(false);

  private RocksBlockStore(
      RocksDatabase database,
      SpaceGuard space,
      Key256 epoch,
      StoreWriter writer,
      StoreSettings settings) {
    this.database = database;
    this.space = space;
    this.epoch = epoch;
    this.writer = writer;
    this.queue = new WriteQueue(writer, settings);
    this.readers = new ReadPool(settings.readers());
  }

  /**
   * Opens the store in a database that has {@link Columns#ALL}. The database stays the caller's,
   * who closes it after this store.
   *
   * @param directory on the disk that the blocks fill
   */
  public static RocksBlockStore open(RocksDatabase database, Path directory, StoreSettings settings)
      throws IOException {
    try {
      SpaceGuard space = new SpaceGuard(directory, settings);
      byte[] encoded = readNote(database, Columns.COUNTERS_NOTE);
      Counters counters = encoded == null ? Counters.ZERO : Counters.decode(encoded);
      StoreWriter writer =
          new StoreWriter(database, space, settings, counters, lastArrival(database));
      return new RocksBlockStore(database, space, epoch(database), writer, settings);
    } catch (RocksDBException e) {
      throw new IOException("cannot open the block store: " + e.getMessage(), e);
    }
  }

  private static long lastArrival(RocksDatabase database) throws RocksDBException {
    try (RocksIterator iterator = database.db().newIterator(database.handle(Columns.ARRIVALS))) {
      iterator.seekToLast();
      iterator.status();
      return iterator.isValid() ? Columns.arrivalSequence(iterator.key()) : 0;
    }
  }

  private static Key256 epoch(RocksDatabase database) throws RocksDBException {
    byte[] kept = readNote(database, Columns.EPOCH_NOTE);
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

  private static byte @Nullable [] readNote(RocksDatabase database, String name)
      throws RocksDBException {
    return database.db().get(database.handle(Columns.MARKS), Columns.noteKey(name));
  }

  @Override
  public int put(List<Block> blocks, PutOptions options)
      throws StoreException, InterruptedException {
    long bytes = BlockChecks.check(blocks, options);
    return blocks.isEmpty()
        ? 0
        : queue.execute(new Mutation.Put(List.copyOf(blocks), options, bytes));
  }

  @Override
  public BitSet have(List<Key256> digests) throws StoreException, InterruptedException {
    return readers.run(
        () -> {
          BitSet present = new BitSet(digests.size());
          for (int i = 0; i < digests.size(); i++) {
            Key256 digest = digests.get(i);
            IndexEntry entry = find(digest);
            // In this order: what is written between both questions has been flushed when it leaves
            // the set.
            present.set(i, entry != null && !entry.quarantined() && !writer.isUndurable(digest));
          }
          return present;
        });
  }

  @Override
  public byte[] get(Key256 digest) throws StoreException, InterruptedException {
    try {
      byte[] body = readers.run(() -> readBody(digest));
      if (Multihash.ofSha256(digest.toBytes()).matches(body)) {
        return body;
      }
      throw new StoreException(Reason.CORRUPT, digest + " does not have its hash any more");
    } catch (StoreException e) {
      if (e.reason() == Reason.CORRUPT) {
        quarantine(digest, e);
      }
      throw e;
    }
  }

  @Override
  public byte[] get(Key256 digest, int offset, int length)
      throws StoreException, InterruptedException {
    return ByteRange.of(offset, length).cut(get(digest));
  }

  private byte[] readBody(Key256 digest) throws StoreException {
    byte[] key = digest.toBytes();
    try {
      byte[] body = database.db().get(database.handle(Columns.BODIES), bodyRead, key);
      if (body != null) {
        return body;
      }
      if (isBodyLost(key)) {
        throw new StoreException(Reason.CORRUPT, digest + " has lost its body");
      }
      throw new StoreException(Reason.NOT_FOUND, digest + " is not here");
    } catch (RocksDBException e) {
      if (RocksFailures.isCorruption(e)) {
        throw new StoreException(Reason.CORRUPT, digest + " is damaged: " + e.getMessage(), e);
      }
      throw failed(e);
    }
  }

  /** Whether the index knows the block and there is no body, both at one moment. */
  private boolean isBodyLost(byte[] key) throws RocksDBException {
    try (Snapshot snapshot = database.db().getSnapshot();
        ReadOptions options = new ReadOptions().setSnapshot(snapshot)) {
      return database.db().get(database.handle(Columns.INDEX), options, key) != null
          && database.db().get(database.handle(Columns.BODIES), options, key) == null;
    }
  }

  private void quarantine(Key256 digest, StoreException found) throws InterruptedException {
    try {
      if (queue.execute(new Mutation.Quarantine(digest)) > 0) {
        Cid cid = Cid.of(Codec.RAW, Multihash.ofSha256(digest.toBytes()));
        log.error("Put {} into quarantine: {}", cid, found.getMessage());
      }
    } catch (StoreException e) {
      log.error("Could not put {} into quarantine: {}", digest, e.getMessage());
    }
  }

  @Override
  public @Nullable BlockStat stat(Key256 digest) throws StoreException, InterruptedException {
    return readers
        .run(() -> Optional.ofNullable(find(digest)))
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
    return readers.run(
        () -> {
          try {
            return MarkScan.keys(database, prefix, from, limit);
          } catch (RocksDBException e) {
            throw failed(e);
          }
        });
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
    return readers.run(
        () -> {
          try {
            return ArrivalScan.page(database, after, writer.durableArrival(), limit);
          } catch (RocksDBException e) {
            throw failed(e);
          }
        });
  }

  @Override
  public byte @Nullable [] note(String name) throws StoreException, InterruptedException {
    return readers
        .run(
            () -> {
              try {
                return Optional.ofNullable(readNote(database, name));
              } catch (RocksDBException e) {
                throw failed(e);
              }
            })
        .orElse(null);
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
      log.warn("Cannot ask the disk for its free space: {}", e.toString());
    }
    boolean writable = room >= BlockLimits.MAX_ACCEPTED_BYTES && !writer.isFailing();
    return new StoreFigures(
        counters.blocks(), counters.bytes(), counters.quarantined(), room, writable);
  }

  private @Nullable IndexEntry find(Key256 digest) throws StoreException {
    try {
      byte[] value = database.db().get(database.handle(Columns.INDEX), digest.toBytes());
      return value == null ? null : IndexEntry.decode(value);
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  private static StoreException failed(RocksDBException e) {
    return new StoreException(Reason.FAILED, "the database failed: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    queue.close();
    readers.close();
    bodyRead.close();
  }
}
