package io.cairnfs.node.rocks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.MutableColumnFamilyOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * The one RocksDB instance of a data directory, shared by the block store and the heads' journal,
 * each with its own columns. Closing it closes everything that was made for it; its users stop
 * first.
 *
 * <p>All columns share one write-ahead log, and every write goes through it: after a crash the
 * database is what it was after some write, at or after the last that was synced.
 *
 * <p>Its methods are as thread-safe as RocksDB's. JNI calls pin virtual threads: call from platform
 * threads.
 */
public final class RocksDatabase implements AutoCloseable {

  static {
    RocksDB.loadLibrary();
  }

  private final RocksDB db;
  private final Map<String, ColumnFamilyHandle> handles;
  private final Deque<AbstractNativeReference> owned;

  private RocksDatabase(
      RocksDB db, Map<String, ColumnFamilyHandle> handles, Deque<AbstractNativeReference> owned) {
    this.db = db;
    this.handles = handles;
    this.owned = owned;
  }

  /**
   * Opens the database, creating it and missing columns. Columns that exist and were not asked for
   * are opened and left alone.
   *
   * @throws IOException if RocksDB refuses, or the directory cannot be made
   */
  public static RocksDatabase open(Path directory, List<Column> columns, RocksSettings settings)
      throws IOException {
    Files.createDirectories(directory);
    Deque<AbstractNativeReference> owned = new ArrayDeque<>();
    try {
      LRUCache cache = own(owned, new LRUCache(settings.cacheBytes()));
      DBOptions options = RocksOptions.database(settings, owned);
      List<ColumnFamilyDescriptor> descriptors =
          descriptors(directory, columns, settings, cache, owned);
      List<ColumnFamilyHandle> opened = new ArrayList<>();
      RocksDB db = RocksDB.open(options, directory.toString(), descriptors, opened);
      Map<String, ColumnFamilyHandle> handles = new HashMap<>();
      for (int i = 0; i < opened.size(); i++) {
        handles.put(
            new String(descriptors.get(i).getName(), StandardCharsets.UTF_8), opened.get(i));
      }
      return new RocksDatabase(db, Map.copyOf(handles), owned);
    } catch (RocksDBException e) {
      closeAll(owned);
      throw new IOException("cannot open the database in " + directory + ": " + e.getMessage(), e);
    }
  }

  private static List<ColumnFamilyDescriptor> descriptors(
      Path directory,
      List<Column> columns,
      RocksSettings settings,
      LRUCache cache,
      Deque<AbstractNativeReference> owned)
      throws RocksDBException {
    Map<String, Column> wanted = new HashMap<>();
    // RocksDB insists on the default column; an empty one costs nothing.
    wanted.put("default", new Column("default", Column.Use.LOG));
    try (Options options = new Options()) {
      for (byte[] name : RocksDB.listColumnFamilies(options, directory.toString())) {
        String text = new String(name, StandardCharsets.UTF_8);
        wanted.put(text, new Column(text, Column.Use.LOG));
      }
    }
    for (Column column : columns) {
      wanted.put(column.name(), column);
    }
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    for (Column column : wanted.values()) {
      ColumnFamilyOptions options = RocksOptions.column(column.use(), settings, cache, owned);
      descriptors.add(
          new ColumnFamilyDescriptor(column.name().getBytes(StandardCharsets.UTF_8), options));
    }
    return descriptors;
  }

  static <T extends AbstractNativeReference> T own(
      Deque<AbstractNativeReference> owned, T reference) {
    owned.push(reference);
    return reference;
  }

  public RocksDB db() {
    return db;
  }

  /**
   * @throws IllegalArgumentException for a column that the database was not opened with
   */
  public ColumnFamilyHandle handle(Column column) {
    ColumnFamilyHandle handle = handles.get(column.name());
    if (handle == null) {
      throw new IllegalArgumentException(
          "the database was opened without the column " + column.name());
    }
    return handle;
  }

  /**
   * A figure of RocksDB, summed over all columns; 0 for one that it does not know, and when it is
   * closed.
   */
  public synchronized long figure(String property) {
    try {
      return db.isClosed() ? 0 : db.getAggregatedLongProperty(property);
    } catch (RocksDBException e) {
      return 0;
    }
  }

  /** What the files of a column take on the disk, in bytes, those of large values included. */
  public long fileBytes(Column column) {
    try {
      return db.getLongProperty(handle(column), "rocksdb.total-sst-files-size")
          + db.getLongProperty(handle(column), "rocksdb.total-blob-file-size");
    } catch (RocksDBException e) {
      return 0;
    }
  }

  /**
   * Rewrites the files of a column whose values are in files of their own, so that nothing dead is
   * left in them. Takes as long as writing what is alive.
   */
  public void compactWithBlobs(Column column) throws RocksDBException {
    ColumnFamilyHandle handle = handle(column);
    db.setOptions(handle, blobCollection(true));
    try (CompactRangeOptions options =
        new CompactRangeOptions()
            .setBottommostLevelCompaction(CompactRangeOptions.BottommostLevelCompaction.kForce)) {
      db.compactRange(handle, null, null, options);
    } finally {
      db.setOptions(handle, blobCollection(false));
    }
  }

  private static MutableColumnFamilyOptions blobCollection(boolean enabled) {
    return MutableColumnFamilyOptions.builder()
        .setEnableBlobGarbageCollection(enabled)
        .setBlobGarbageCollectionAgeCutoff(1.0)
        .build();
  }

  @Override
  public synchronized void close() {
    handles.values().forEach(ColumnFamilyHandle::close);
    db.close();
    closeAll(owned);
  }

  private static void closeAll(Deque<AbstractNativeReference> owned) {
    owned.forEach(AbstractNativeReference::close);
  }
}
