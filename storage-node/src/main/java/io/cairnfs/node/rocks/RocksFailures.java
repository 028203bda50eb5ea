package io.cairnfs.node.rocks;

import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What RocksDB's exceptions mean. */
public final class RocksFailures {

  private RocksFailures() {}

  /** Whether the disk, or the quota on it, is full. */
  public static boolean isNoSpace(RocksDBException e) {
    Status status = e.getStatus();
    // A write that is refused because an earlier flush failed carries only that failure's text.
    return (status != null && status.getSubCode() == Status.SubCode.NoSpace)
        || String.valueOf(e.getMessage()).contains("No space left");
  }

  /** Whether what was read is damaged. */
  public static boolean isCorruption(RocksDBException e) {
    Status status = e.getStatus();
    return status != null && status.getCode() == Status.Code.Corruption;
  }
}
