package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksFailures;
import io.cairnfs.node.store.StoreException.Reason;
import io.cairnfs.node.store.segment.ChunkSums;
import io.cairnfs.node.store.segment.SegmentReader;
import io.cairnfs.protocol.cid.Multihash;
import io.cairnfs.protocol.identity.Key256;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;

/** Reads bodies from where the index says that they are. Thread-safe. */
final class BodyReader implements AutoCloseable {

  private final RocksDatabase database;
  private final SegmentReader segments;

  /**
   * Bodies are verified by their hash. RocksDB's checksum would be a second one, and its Java
   * library computes it by tables, at half the speed of SHA-256.
   */
  private final ReadOptions bodyRead = new ReadOptions().setVerifyChecksums(false);

  /** For bodies that are read once in a long time. */
  private final ReadOptions uncachedRead =
      new ReadOptions().setVerifyChecksums(false).setFillCache(false);

  BodyReader(RocksDatabase database, SegmentReader segments) {
    this.database = database;
    this.segments = segments;
  }

  /** Reads the bytes of a body of which the index says something; null if they are lost. */
  @FunctionalInterface
  private interface Bytes {
    byte @Nullable [] of(IndexEntry entry) throws StoreException;
  }

  /** What the index says of a block; null if it is not here. */
  @Nullable IndexEntry find(Key256 digest) throws StoreException {
    try {
      byte[] value = database.db().get(database.handle(Columns.INDEX), digest.toBytes());
      return value == null ? null : IndexEntry.decode(value);
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  /** A whole body, not verified: its hash tells. */
  StoredBody read(Key256 digest) throws StoreException {
    return read(digest, entry -> whole(digest, entry));
  }

  /**
   * As {@link #read(Key256)}, past the page cache where the file system allows that, and leaving
   * the database's cache as it is.
   */
  StoredBody readFromDisk(Key256 digest) throws StoreException {
    return read(
        digest,
        entry -> {
          SegmentBody body = entry.body();
          return body == null
              ? fromDatabase(digest, uncachedRead)
              : fromSegment(() -> segments.readFromDisk(body.record(), entry.sizeBytes()));
        });
  }

  /** A part of a body, verified. */
  StoredBody read(Key256 digest, ByteRange range) throws StoreException {
    return read(digest, entry -> part(digest, entry, range));
  }

  private StoredBody read(Key256 digest, Bytes bytes) throws StoreException {
    IndexEntry entry = find(digest);
    while (entry != null) {
      byte[] read = entry.quarantined() ? null : bytes.of(entry);
      // A body that is not there may have been deleted or replaced in the meantime.
      IndexEntry now = read == null ? find(digest) : entry;
      if (entry.equals(now)) {
        return new StoredBody(entry, read);
      }
      entry = now;
    }
    throw new StoreException(Reason.NOT_FOUND, digest + " is not here");
  }

  private byte @Nullable [] whole(Key256 digest, IndexEntry entry) throws StoreException {
    SegmentBody body = entry.body();
    return body == null
        ? fromDatabase(digest, bodyRead)
        : fromSegment(() -> segments.read(body.record(), 0, entry.sizeBytes()));
  }

  private byte @Nullable [] part(Key256 digest, IndexEntry entry, ByteRange range)
      throws StoreException {
    SegmentBody body = entry.body();
    if (body == null) {
      byte[] whole = fromDatabase(digest, bodyRead);
      return whole != null && Multihash.ofSha256(digest.toBytes()).matches(whole)
          ? range.cut(whole)
          : null;
    }
    ByteRange within = range.clip(entry.sizeBytes());
    int first = within.offset() / ChunkSums.CHUNK_BYTES;
    int from = first * ChunkSums.CHUNK_BYTES;
    int to =
        Math.min(
            Math.ceilDiv(within.end(), ChunkSums.CHUNK_BYTES) * ChunkSums.CHUNK_BYTES,
            entry.sizeBytes());
    byte[] chunks = fromSegment(() -> segments.read(body.record(), from, Math.max(0, to - from)));
    return chunks != null && body.sums().match(first, chunks)
        ? new ByteRange(within.offset() - from, within.end() - from).cut(chunks)
        : null;
  }

  private byte @Nullable [] fromDatabase(Key256 digest, ReadOptions options) throws StoreException {
    try {
      return database.db().get(database.handle(Columns.BODIES), options, digest.toBytes());
    } catch (RocksDBException e) {
      if (RocksFailures.isCorruption(e)) {
        return null;
      }
      throw failed(e);
    }
  }

  /** Reads from a file. */
  @FunctionalInterface
  private interface FileRead {
    byte[] read() throws IOException;
  }

  private static byte @Nullable [] fromSegment(FileRead read) throws StoreException {
    try {
      return read.read();
    } catch (EOFException | NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new StoreException(Reason.FAILED, "the disk failed: " + e, e);
    }
  }

  private static StoreException failed(RocksDBException e) {
    return new StoreException(Reason.FAILED, "the database failed: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    bodyRead.close();
    uncachedRead.close();
  }
}
