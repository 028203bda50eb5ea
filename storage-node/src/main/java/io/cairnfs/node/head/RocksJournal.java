package io.cairnfs.node.head;

import io.cairnfs.node.rocks.Column;
import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksFailures;
import io.cairnfs.protocol.head.VolumeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * A cell's journal in the node's database. A group of commands is one batch in RocksDB's
 * write-ahead log, which one sync puts on disk; a snapshot and the removal of what it replaces are
 * one batch too.
 */
public final class RocksJournal implements Journal {

  /** What the database must be opened with. */
  public static final List<Column> COLUMNS = HeadColumns.ALL;

  private final RocksDB db;
  private final ColumnFamilyHandle log;
  private final ColumnFamilyHandle state;
  private final RocksBodies bodies;

  private RocksJournal(RocksDatabase database) {
    db = database.db();
    log = database.handle(HeadColumns.LOG);
    state = database.handle(HeadColumns.STATE);
    bodies = new RocksBodies(database);
  }

  /**
   * Opens the journal in a database that outlives it.
   *
   * @throws IOException if its format is not this version's
   */
  public static RocksJournal open(RocksDatabase database) throws IOException {
    RocksJournal journal = new RocksJournal(database);
    journal.checkFormat();
    return journal;
  }

  private void checkFormat() throws IOException {
    byte[] value = get(state, HeadColumns.FORMAT_KEY);
    if (value == null) {
      try (WriteBatch batch = new WriteBatch()) {
        put(batch, state, HeadColumns.FORMAT_KEY, ints(HeadColumns.FORMAT));
        write(batch, true);
      } catch (RocksDBException e) {
        throw failure("write", e);
      }
      return;
    }
    int format =
        ByteBuffer.wrap(HeadColumns.unseal(HeadColumns.FORMAT_KEY, value, "its format")).getInt();
    if (format != HeadColumns.FORMAT) {
      throw new IOException(
          "the heads' log has format "
              + format
              + "; this version knows "
              + HeadColumns.FORMAT
              + " only");
    }
  }

  private static byte[] ints(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  @Override
  public void append(List<Entry> entries, boolean durable) throws IOException {
    try (WriteBatch batch = new WriteBatch()) {
      for (Entry entry : entries) {
        put(batch, log, HeadColumns.key(entry.index()), entry.command());
        Bodies added = entry.bodies();
        if (added != null) {
          bodies.put(batch, new RocksBodies.Body(added.volume(), added.index(), added.joined()));
        }
      }
      write(batch, durable);
    } catch (RocksDBException e) {
      throw failure("write", e);
    }
  }

  private static void put(WriteBatch batch, ColumnFamilyHandle column, byte[] key, byte[] payload)
      throws RocksDBException {
    batch.put(column, key, HeadColumns.seal(key, payload));
  }

  private void write(WriteBatch batch, boolean durable) throws RocksDBException {
    try (WriteOptions options = new WriteOptions().setSync(durable)) {
      db.write(options, batch);
    }
  }

  @Override
  public byte @Nullable [] bodies(VolumeId volume, long index) throws IOException {
    return bodies.read(volume, index);
  }

  @Override
  public List<byte[]> snapshot() throws IOException {
    byte[] manifest = get(state, HeadColumns.SNAPSHOT_KEY);
    if (manifest == null) {
      return List.of();
    }
    int count =
        ByteBuffer.wrap(HeadColumns.unseal(HeadColumns.SNAPSHOT_KEY, manifest, "its snapshot"))
            .getInt(Long.BYTES);
    List<byte[]> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] key = HeadColumns.recordKey(i);
      byte[] value = get(state, key);
      if (value == null) {
        throw new JournalDamageException(
            "the heads' log is damaged: record " + i + " of its snapshot is missing");
      }
      records.add(HeadColumns.unseal(key, value, "record " + i + " of its snapshot"));
    }
    return records;
  }

  @Override
  public void replay(long after, Replay replay) throws IOException {
    long expected = after + 1;
    try (ReadOptions options = new ReadOptions().setVerifyChecksums(true);
        RocksIterator iterator = db.newIterator(log, options)) {
      for (iterator.seek(HeadColumns.key(expected)); iterator.isValid(); iterator.next()) {
        byte[] key = iterator.key();
        long index = ByteBuffer.wrap(key).getLong();
        if (index != expected) {
          throw new JournalDamageException(
              "the heads' log is damaged: command " + expected + " is missing before " + index);
        }
        replay.command(index, HeadColumns.unseal(key, iterator.value(), "command " + index));
        expected++;
      }
      iterator.status();
    } catch (RocksDBException e) {
      throw failure("read", e);
    }
  }

  @Override
  public void save(long index, List<byte[]> snapshot, Map<VolumeId, Long> oldest)
      throws IOException {
    try (WriteBatch batch = new WriteBatch()) {
      // A range from the very beginning would have every later read look at all that was dropped
      // before.
      batch.deleteRange(log, HeadColumns.key(firstKept()), HeadColumns.key(index + 1));
      bodies.dropBefore(batch, oldest);
      batch.deleteRange(
          state, HeadColumns.recordKey(snapshot.size()), HeadColumns.recordKey(Integer.MAX_VALUE));
      for (int i = 0; i < snapshot.size(); i++) {
        put(batch, state, HeadColumns.recordKey(i), snapshot.get(i));
      }
      byte[] manifest =
          ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
              .putLong(index)
              .putInt(snapshot.size())
              .array();
      put(batch, state, HeadColumns.SNAPSHOT_KEY, manifest);
      write(batch, true);
    } catch (RocksDBException e) {
      throw failure("write", e);
    }
    bodies.dropped(oldest);
  }

  /** The first command after the snapshot that is about to be replaced. */
  private long firstKept() throws IOException {
    byte[] manifest = get(state, HeadColumns.SNAPSHOT_KEY);
    return manifest == null
        ? 0
        : ByteBuffer.wrap(HeadColumns.unseal(HeadColumns.SNAPSHOT_KEY, manifest, "its snapshot"))
                .getLong()
            + 1;
  }

  private byte @Nullable [] get(ColumnFamilyHandle column, byte[] key) throws IOException {
    try {
      return db.get(column, key);
    } catch (RocksDBException e) {
      throw failure("read", e);
    }
  }

  static IOException failure(String verb, RocksDBException e) {
    String message = "cannot " + verb + " the heads' log: " + e.getMessage();
    return RocksFailures.isCorruption(e)
        ? new JournalDamageException(message, e)
        : new IOException(message, e);
  }

  @Override
  public void close() {
    // The database belongs to the node.
  }
}
