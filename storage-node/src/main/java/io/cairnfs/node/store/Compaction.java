package io.cairnfs.node.store;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.store.StoreException.Reason;
import io.cairnfs.node.store.segment.SegmentDirectory;
import io.cairnfs.node.store.segment.SegmentHeaders;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.identity.Key256;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Gives the space of deleted bodies back: moves what is alive out of sparse segments, and lets the
 * database rewrite its files when much of them is dead. One unit of work per call; thread-safe.
 */
final class Compaction {

  /** So much that is dead is not worth rewriting the database for. */
  private static final long MIN_DEAD_BYTES = 16L << 20;

  /** Nor is less than this share of it. */
  private static final double DEAD_SHARE = 0.25;

  /** What a step without anything to do says. */
  static final long NOTHING = -1;

  /** A body of the store, verified. */
  interface Source {
    byte[] get(Key256 digest) throws StoreException, InterruptedException;
  }

  /** Executes a mutation. */
  interface Target {
    int execute(Mutation mutation) throws StoreException, InterruptedException;
  }

  private final RocksDatabase database;
  private final SegmentDirectory directory;
  private final ReadPool readers;
  private final BodyReader bodies;
  private final Source source;
  private final Target target;
  private final int segmentMinBytes;

  /** What is left of the segment under way. */
  private final Deque<SegmentHeaders.Placed> records = new ArrayDeque<>();

  Compaction(
      RocksDatabase database,
      SegmentDirectory directory,
      ReadPool readers,
      BodyReader bodies,
      Source source,
      Target target,
      int segmentMinBytes) {
    this.database = database;
    this.directory = directory;
    this.readers = readers;
    this.bodies = bodies;
    this.source = source;
    this.target = target;
    this.segmentMinBytes = segmentMinBytes;
  }

  /**
   * @param deadBytes of bodies that were removed from the database since it was compacted
   * @return bytes that were read or written; {@link #NOTHING} if there was nothing to do
   */
  synchronized long step(long deadBytes) throws StoreException, InterruptedException {
    if (records.isEmpty()) {
      int segment = target.execute(new Mutation.FindSparse());
      if (segment == 0) {
        return compactBodies(deadBytes);
      }
      records.addAll(readers.runApart(() -> headers(segment)));
    }
    return moveSome();
  }

  private List<SegmentHeaders.Placed> headers(int segment) throws StoreException {
    try {
      return SegmentHeaders.read(directory, segment);
    } catch (IOException e) {
      throw new StoreException(Reason.FAILED, "cannot read segment " + segment + ": " + e, e);
    }
  }

  private long moveSome() throws StoreException, InterruptedException {
    List<Mutation.Move.Moving> moving = new ArrayList<>();
    long bytes = 0;
    while (!records.isEmpty()
        && bytes + records.getFirst().header().sizeBytes() <= BlockLimits.MAX_BATCH_BYTES) {
      SegmentHeaders.Placed record = records.removeFirst();
      Block block = isAlive(record) ? read(record.header().digest()) : null;
      if (block != null) {
        moving.add(
            new Mutation.Move.Moving(PreparedBlock.of(block, segmentMinBytes), record.place()));
        bytes += block.bytes().length;
      }
    }
    if (!moving.isEmpty()) {
      target.execute(new Mutation.Move(moving, bytes));
    }
    return 2 * bytes;
  }

  private boolean isAlive(SegmentHeaders.Placed record)
      throws StoreException, InterruptedException {
    return readers.run(
        () -> {
          IndexEntry entry = bodies.find(record.header().digest());
          return entry != null && entry.isAt(record.place());
        });
  }

  /** Null if it is damaged, which the store has noted then, or gone. */
  private @Nullable Block read(Key256 digest) throws StoreException, InterruptedException {
    try {
      return new Block(Cid.ofSha256(Codec.RAW, digest.toBytes()), source.get(digest));
    } catch (StoreException e) {
      if (e.reason() == Reason.CORRUPT || e.reason() == Reason.NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  private long compactBodies(long deadBytes) throws StoreException, InterruptedException {
    long fileBytes = database.fileBytes(Columns.BODIES);
    if (deadBytes < MIN_DEAD_BYTES || deadBytes < DEAD_SHARE * fileBytes) {
      return NOTHING;
    }
    readers.runApart(
        () -> {
          try {
            database.compactWithBlobs(Columns.BODIES);
            return true;
          } catch (RocksDBException e) {
            throw new StoreException(
                Reason.FAILED, "the database could not be compacted: " + e.getMessage(), e);
          }
        });
    target.execute(new Mutation.BodiesCompacted(deadBytes));
    return 2 * fileBytes - deadBytes;
  }
}
