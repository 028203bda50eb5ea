package io.cairnfs.node.store;

/**
 * Bounds of a block store.
 *
 * @param capacityBytes most bytes of blocks that are stored
 * @param reserveBytes room on the disk that puts leave free, so that deletes, heads and compactions
 *     still work
 * @param bulkBytes a group with at least so many bytes of bodies skips the write-ahead log and is
 *     flushed
 * @param groupBytes most bytes that are made durable together
 * @param pendingBytes most bytes of puts that wait for their turn; further callers wait
 * @param readers threads that read
 */
public record StoreSettings(
    long capacityBytes,
    long reserveBytes,
    int bulkBytes,
    int groupBytes,
    int pendingBytes,
    int readers) {

  private static final int MIB = 1 << 20;

  /** The default reserve. */
  public static final long RESERVE_BYTES = 256L * MIB;

  /** The defaults, for a node inside another program or on a machine of any size. */
  public static final StoreSettings DEFAULT =
      new StoreSettings(Long.MAX_VALUE, RESERVE_BYTES, 4 * MIB, 16 * MIB, 32 * MIB, 4);

  public StoreSettings {
    if (capacityBytes < 0 || reserveBytes < 0 || bulkBytes < 1 || readers < 1) {
      throw new IllegalArgumentException("negative or zero bound");
    }
    if (groupBytes > pendingBytes) {
      throw new IllegalArgumentException("a group cannot be larger than what waits");
    }
  }

  /** The same with another capacity. */
  public StoreSettings withCapacity(long bytes) {
    return new StoreSettings(bytes, reserveBytes, bulkBytes, groupBytes, pendingBytes, readers);
  }

  /** The same with another reserve. */
  public StoreSettings withReserve(long bytes) {
    return new StoreSettings(capacityBytes, bytes, bulkBytes, groupBytes, pendingBytes, readers);
  }

  /** The same with another threshold for skipping the log. */
  public StoreSettings withBulk(int bytes) {
    return new StoreSettings(capacityBytes, reserveBytes, bytes, groupBytes, pendingBytes, readers);
  }
}
