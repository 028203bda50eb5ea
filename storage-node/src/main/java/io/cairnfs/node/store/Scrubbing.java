package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.store.StoreException.Reason;
import io.cairnfs.protocol.identity.Key256;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Reads bodies again, past the caches, to find those that are damaged. Thread-safe. */
final class Scrubbing {

  /** Puts a body that was found damaged into quarantine. */
  @FunctionalInterface
  interface Quarantine {
    StoreException put(Key256 digest, StoredBody damaged) throws InterruptedException;
  }

  /** What is to be read next; the last of the index was seen if it is the end. */
  private record Batch(List<Key256> digests, @Nullable Key256 last, boolean end) {}

  private final RocksDatabase database;
  private final ReadPool readers;
  private final BodyReader bodies;
  private final Quarantine quarantine;

  Scrubbing(RocksDatabase database, ReadPool readers, BodyReader bodies, Quarantine quarantine) {
    this.database = database;
    this.readers = readers;
    this.bodies = bodies;
    this.quarantine = quarantine;
  }

  /** As {@link BlockStore#scrub} says. */
  ScrubPage page(@Nullable Key256 after, int maxBlocks, long maxBytes)
      throws StoreException, InterruptedException {
    Batch batch = readers.run(() -> next(after, maxBlocks, maxBytes));
    int blocks = 0;
    long bytes = 0;
    int damaged = 0;
    for (Key256 digest : batch.digests()) {
      StoredBody body = read(digest);
      if (body != null) {
        blocks++;
        bytes += body.entry().sizeBytes();
        if (!body.entry().quarantined() && !body.matches(digest)) {
          damaged++;
          StoreException unused = quarantine.put(digest, body);
        }
      }
    }
    return new ScrubPage(batch.end() ? null : batch.last(), blocks, bytes, damaged);
  }

  /** Null if it went meanwhile. */
  private @Nullable StoredBody read(Key256 digest) throws StoreException, InterruptedException {
    try {
      return readers.runApart(() -> bodies.readFromDisk(digest));
    } catch (StoreException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  private Batch next(@Nullable Key256 after, int maxBlocks, long maxBytes) throws StoreException {
    List<Key256> digests = new ArrayList<>();
    Key256 last = after;
    int seen = 0;
    long bytes = 0;
    try (ReadOptions options = new ReadOptions().setFillCache(false);
        RocksIterator iterator =
            database.db().newIterator(database.handle(Columns.INDEX), options)) {
      byte[] from = after == null ? Columns.EMPTY : Columns.successor(after.toBytes());
      for (iterator.seek(from); iterator.isValid(); iterator.next()) {
        if (seen == maxBlocks || bytes >= maxBytes) {
          return new Batch(digests, last, false);
        }
        last = Key256.of(iterator.key());
        IndexEntry entry = IndexEntry.decode(iterator.value());
        seen++;
        if (!entry.quarantined()) {
          digests.add(last);
          bytes += entry.sizeBytes();
        }
      }
      iterator.status();
      return new Batch(digests, last, true);
    } catch (RocksDBException e) {
      throw new StoreException(Reason.FAILED, "the index cannot be read: " + e.getMessage(), e);
    }
  }
}
