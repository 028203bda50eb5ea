package io.cairnfs.node.rocks;

import static io.cairnfs.node.rocks.RocksDatabase.own;

import java.util.Deque;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.Env;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileManager;
import org.rocksdb.WALRecoveryMode;

/** The options of the node's database, each with its reason. */
final class RocksOptions {

  private static final long MIB = 1 << 20;

  /**
   * Smaller bodies stay in tables: a blob reference would cost a second read and save little
   * rewriting.
   */
  private static final long MIN_BLOB_BYTES = 4096;

  /**
   * Large enough that a full disk has few files, small enough that dropping one by garbage
   * collection is cheap.
   */
  private static final long BLOB_FILE_BYTES = 256 * MIB;

  /** Writes dirty pages out evenly, so that a flush does not end in one long sync. */
  private static final long BYTES_PER_SYNC = MIB;

  /** An index entry has about a hundred bytes; a small memtable holds many groups of puts. */
  private static final long SMALL_WRITE_BUFFER_BYTES = 8 * MIB;

  /** The log is replayed at the next start: bounds its time and the disk it takes. */
  private static final long MAX_LOG_BYTES = 256 * MIB;

  private static final long MAX_INFO_LOG_BYTES = 4 * MIB;
  private static final int INFO_LOGS = 3;

  /** About one false positive in a hundred absent keys. */
  private static final double FILTER_BITS_PER_KEY = 10;

  private RocksOptions() {}

  static DBOptions database(RocksSettings settings, Deque<AbstractNativeReference> owned)
      throws RocksDBException {
    DBOptions options = own(owned, new DBOptions());
    options
        .setCreateIfMissing(true)
        .setCreateMissingColumnFamilies(true)
        // A column that is seldom written would otherwise hold back the logs of the others.
        .setAtomicFlush(true)
        .setMaxBackgroundJobs(settings.backgroundJobs())
        .setMaxOpenFiles(settings.openFiles())
        .setBytesPerSync(BYTES_PER_SYNC)
        .setWalBytesPerSync(BYTES_PER_SYNC)
        .setMaxTotalWalSize(MAX_LOG_BYTES)
        // A torn record at the end was never acknowledged. Damage anywhere else is not to be passed
        // over in silence.
        .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(MAX_INFO_LOG_BYTES)
        .setKeepLogFileNum(INFO_LOGS)
        // Without one, a full disk is an error that only reopening clears; with it, RocksDB resumes
        // when space returns.
        .setSstFileManager(own(owned, new SstFileManager(Env.getDefault())));
    return options;
  }

  static ColumnFamilyOptions column(
      Column.Use use,
      RocksSettings settings,
      LRUCache cache,
      Deque<AbstractNativeReference> owned) {
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setBlockCache(cache)
            .setCacheIndexAndFilterBlocks(true)
            .setPinL0FilterAndIndexBlocksInCache(true);
    if (use != Column.Use.LOG) {
      table
          .setFilterPolicy(own(owned, new BloomFilter(FILTER_BITS_PER_KEY)))
          .setOptimizeFiltersForMemory(true);
    }
    ColumnFamilyOptions options = own(owned, new ColumnFamilyOptions());
    options.setTableFormatConfig(table).setCompressionType(CompressionType.NO_COMPRESSION);
    if (use == Column.Use.BODIES) {
      options
          .setWriteBufferSize(settings.writeBufferBytes())
          .setMaxWriteBufferNumber(settings.writeBuffers())
          .setEnableBlobFiles(true)
          .setMinBlobSize(MIN_BLOB_BYTES)
          .setBlobFileSize(BLOB_FILE_BYTES)
          // Garbage collection rewrites live bodies with every compaction.
          .setEnableBlobGarbageCollection(false);
    } else {
      options.setWriteBufferSize(Math.min(SMALL_WRITE_BUFFER_BYTES, settings.writeBufferBytes()));
    }
    return options;
  }
}
