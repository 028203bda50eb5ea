package io.cairnfs.client.vfs;

/**
 * How a file is opened.
 *
 * @param read for reading
 * @param write for writing
 * @param append each write goes to the end
 * @param truncate make it empty first
 * @param exclusive creating: fail if it exists
 * @param direct O_DIRECT
 * @param dataSync O_DSYNC: each write is durable when it returns
 * @param sync O_SYNC: likewise, with all metadata
 * @param keepAccessTime O_NOATIME: reading does not change the access time
 */
public record OpenFlags(
    boolean read,
    boolean write,
    boolean append,
    boolean truncate,
    boolean exclusive,
    boolean direct,
    boolean dataSync,
    boolean sync,
    boolean keepAccessTime) {

  /** Without O_NOATIME, which few programs use. */
  public OpenFlags(
      boolean read,
      boolean write,
      boolean append,
      boolean truncate,
      boolean exclusive,
      boolean direct,
      boolean dataSync,
      boolean sync) {
    this(read, write, append, truncate, exclusive, direct, dataSync, sync, false);
  }
}
