package io.cairnfs.node.head;

import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.protocol.head.VolumeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.ReadTier;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The bodies of commits in the node's database, by volume and number of the command that brought
 * them. Written by one thread, read by any.
 */
public final class RocksBodies implements DeltaReader.Bodies {

  /**
   * What a command brought.
   *
   * @param joined the bodies one after the other
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  public record Body(VolumeId volume, long index, byte[] joined) {}

  private final RocksDB db;
  private final ColumnFamilyHandle bodies;

  /** Where the bodies of each volume begin, so that what was dropped is not dropped again. */
  private final Map<VolumeId, Long> oldest = new HashMap<>();

  /**
   * @param database outlives this
   */
  public RocksBodies(RocksDatabase database) {
    db = database.db();
    bodies = database.handle(HeadColumns.BODIES);
  }

  /** Adds bodies that another log can bring again after a crash: they reach the disk in time. */
  public void put(List<Body> added) throws IOException {
    try (WriteBatch batch = new WriteBatch();
        WriteOptions options = new WriteOptions()) {
      for (Body body : added) {
        put(batch, body);
      }
      db.write(options, batch);
    } catch (RocksDBException e) {
      throw RocksJournal.failure("write", e);
    }
  }

  void put(WriteBatch batch, Body body) throws RocksDBException {
    byte[] key = HeadColumns.key(body.volume(), body.index());
    batch.put(bodies, key, HeadColumns.seal(key, body.joined()));
  }

  /** As {@link Journal#bodies}. */
  @Override
  public byte @Nullable [] read(VolumeId volume, long index) throws IOException {
    try (ReadOptions options = new ReadOptions()) {
      return read(volume, index, options);
    } catch (RocksDBException e) {
      throw RocksJournal.failure("read", e);
    }
  }

  @Override
  public byte @Nullable [] readFromMemory(VolumeId volume, long index) throws IOException {
    try (ReadOptions options = new ReadOptions().setReadTier(ReadTier.BLOCK_CACHE_TIER)) {
      return read(volume, index, options);
    } catch (RocksDBException e) {
      if (e.getStatus() != null && e.getStatus().getCode() == Status.Code.Incomplete) {
        return null;
      }
      throw RocksJournal.failure("read", e);
    }
  }

  private byte @Nullable [] read(VolumeId volume, long index, ReadOptions options)
      throws RocksDBException, IOException {
    byte[] key = HeadColumns.key(volume, index);
    byte[] value = db.get(bodies, options, key);
    return value == null
        ? null
        : HeadColumns.unseal(key, value, "the bodies of command " + index + " of " + volume);
  }

  /** Takes bodies. */
  @FunctionalInterface
  public interface Visitor {
    void visit(Body body) throws IOException;
  }

  /**
   * Gives a visitor the bodies of a volume between two numbers, in order.
   *
   * @param to not included
   */
  public void forEach(VolumeId volume, long from, long to, Visitor visitor) throws IOException {
    try (ReadOptions options = new ReadOptions().setVerifyChecksums(true);
        RocksIterator iterator = db.newIterator(bodies, options)) {
      byte[] end = HeadColumns.key(volume, to);
      iterator.seek(HeadColumns.key(volume, from));
      for (; iterator.isValid(); iterator.next()) {
        byte[] key = iterator.key();
        if (Arrays.compareUnsigned(key, end) >= 0) {
          break;
        }
        long index = ByteBuffer.wrap(key).getLong(VolumeId.BYTES);
        byte[] joined =
            HeadColumns.unseal(
                key, iterator.value(), "the bodies of command " + index + " of " + volume);
        visitor.visit(new Body(volume, index, joined));
      }
      iterator.status();
    } catch (RocksDBException e) {
      throw RocksJournal.failure("read", e);
    }
  }

  /** Drops the bodies of each volume before a command. */
  public void dropBefore(Map<VolumeId, Long> first) throws IOException {
    try (WriteBatch batch = new WriteBatch();
        WriteOptions options = new WriteOptions()) {
      dropBefore(batch, first);
      db.write(options, batch);
    } catch (RocksDBException e) {
      throw RocksJournal.failure("write", e);
    }
    dropped(first);
  }

  void dropBefore(WriteBatch batch, Map<VolumeId, Long> first) throws RocksDBException {
    // A range from the very beginning would have every later read look at all that was dropped
    // before.
    for (Map.Entry<VolumeId, Long> volume : first.entrySet()) {
      long from = oldest.getOrDefault(volume.getKey(), 0L);
      if (from < volume.getValue()) {
        batch.deleteRange(
            bodies,
            HeadColumns.key(volume.getKey(), from),
            HeadColumns.key(volume.getKey(), volume.getValue()));
      }
    }
  }

  /** The batch was written. */
  void dropped(Map<VolumeId, Long> first) {
    oldest.putAll(first);
  }
}
