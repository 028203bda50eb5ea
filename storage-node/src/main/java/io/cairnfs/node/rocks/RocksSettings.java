package io.cairnfs.node.rocks;

/**
 * How much memory and concurrency RocksDB may use; all of it is outside the Java heap.
 *
 * @param writeBufferBytes size of a memtable of bodies
 * @param writeBuffers how many of them before writers wait
 * @param cacheBytes index, filter and data blocks of all columns
 * @param backgroundJobs flushes and compactions at a time
 * @param openFiles table and blob files kept open
 */
public record RocksSettings(
    long writeBufferBytes, int writeBuffers, long cacheBytes, int backgroundJobs, int openFiles) {

  private static final long MIB = 1 << 20;

  /** For a machine that is there to store blocks. */
  public static final RocksSettings LARGE = new RocksSettings(64 * MIB, 3, 128 * MIB, 4, 1024);

  /** For a node inside another program, or on a small machine. */
  public static final RocksSettings MODERATE = new RocksSettings(32 * MIB, 3, 32 * MIB, 2, 512);

  public RocksSettings {
    if (writeBufferBytes < MIB
        || writeBuffers < 2
        || cacheBytes < MIB
        || backgroundJobs < 1
        || openFiles < 64) {
      throw new IllegalArgumentException("too little to work with");
    }
  }
}
