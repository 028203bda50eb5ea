package io.cairnfs.client.vfs;

/**
 * A lock on a byte range.
 *
 * @param kind what it is
 * @param start first byte
 * @param end last byte, inclusive; {@link Long#MAX_VALUE} for the end of the file, wherever it is
 * @param owner opaque owner: who holds the lock across the descriptors of one process
 * @param pid process to report
 */
public record Lock(Kind kind, long start, long end, long owner, int pid) {

  /** Kinds of locks. */
  public enum Kind {
    SHARED,
    EXCLUSIVE,
    NONE
  }
}
