package io.cairnfs.node.store;

/**
 * Bounds of a block store.
 *
 * @param capacityBytes most bytes of blocks that are stored
 * @param reserveBytes room on the disk that puts leave free, so that deletes, heads and compactions
 *     still work
 * @param segmentMinBytes a body with at least so many bytes goes to a segment file, a smaller one
 *     to the database
 * @param segmentBytes length of a segment file that is full
 * @param groupBytes most bytes that are made durable together
 * @param pendingBytes most bytes of puts that wait for their turn; further callers wait
 * @param readers threads that read
 */
public record StoreSettings(
    long capacityBytes,
    long reserveBytes,
    int segmentMinBytes,
    long segmentBytes,
    int groupBytes,
    int pendingBytes,
    int readers) {

  private static final int MIB = 1 << 20;

  /** The default reserve. */
  public static final long RESERVE_BYTES = 256L * MIB;

  /** The defaults, for a node inside another program or on a machine of any size. */
  public static final StoreSettings DEFAULT =
      new StoreSettings(Long.MAX_VALUE, RESERVE_BYTES, 64 << 10, 256 * MIB, 16 * MIB, 32 * MIB, 4);

  public StoreSettings {
    if (capacityBytes < 0
        || reserveBytes < 0
        || segmentMinBytes < 1
        || segmentBytes < 1
        || readers < 1) {
      throw new IllegalArgumentException("negative or zero bound");
    }
    if (groupBytes > pendingBytes) {
      throw new IllegalArgumentException("a group cannot be larger than what waits");
    }
  }

  /** The same with another capacity. */
  public StoreSettings withCapacity(long bytes) {
    return new StoreSettings(
        bytes, reserveBytes, segmentMinBytes, segmentBytes, groupBytes, pendingBytes, readers);
  }

  /** The same with another reserve. */
  public StoreSettings withReserve(long bytes) {
    return new StoreSettings(
        capacityBytes, bytes, segmentMinBytes, segmentBytes, groupBytes, pendingBytes, readers);
  }

  /** The same with other segments. */
  public StoreSettings withSegments(int minBytes, long bytes) {
    return new StoreSettings(
        capacityBytes, reserveBytes, minBytes, bytes, groupBytes, pendingBytes, readers);
  }
}
