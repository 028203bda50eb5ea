package io.cairnfs.client.content;

import java.time.Duration;

/**
 * How a mount handles content.
 *
 * @param dirtyBytes bound on bytes in memory that are not durable yet; writers wait at it
 * @param uploadTimeout an upload that makes no progress for this long fails: the mount's {@code
 *     timeout}
 * @param packAge a pack of small writes is sent on its way at this age, full or not: the commit
 *     interval
 * @param uploads batches of blocks in flight at once
 * @param hashThreads platform threads that hash
 * @param readAheadBytes how far one sequential reader is read ahead at most; 0 turns it off
 */
public record ContentSettings(
    long dirtyBytes,
    Duration uploadTimeout,
    Duration packAge,
    int uploads,
    int hashThreads,
    long readAheadBytes) {

  /**
   * Enough in flight to hide the round trips of a local network, and to give hashing and sending
   * work at once.
   */
  private static final int DEFAULT_UPLOADS = 8;

  private static final long DEFAULT_DIRTY_BYTES = 256L << 20;
  private static final long DEFAULT_READ_AHEAD_BYTES = 8L << 20;

  public ContentSettings {
    if (dirtyBytes <= 0 || uploads <= 0 || hashThreads <= 0 || readAheadBytes < 0) {
      throw new IllegalArgumentException("bounds must be positive");
    }
    if (!uploadTimeout.isPositive() || !packAge.isPositive()) {
      throw new IllegalArgumentException("durations must be positive");
    }
  }

  /** The defaults, which follow the size of the heap and the number of processors. */
  public static ContentSettings defaults(Duration uploadTimeout) {
    Runtime runtime = Runtime.getRuntime();
    return new ContentSettings(
        Math.min(DEFAULT_DIRTY_BYTES, runtime.maxMemory() / 4),
        uploadTimeout,
        Duration.ofSeconds(1),
        DEFAULT_UPLOADS,
        Math.max(1, runtime.availableProcessors() / 2),
        DEFAULT_READ_AHEAD_BYTES);
  }

  public ContentSettings withDirtyBytes(long bytes) {
    return new ContentSettings(bytes, uploadTimeout, packAge, uploads, hashThreads, readAheadBytes);
  }
}
