package io.cairnfs.client.vfs;

import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.Usage;

/**
 * What statfs(2) tells, in units of {@link #blockSize} bytes.
 *
 * @param blockSize unit of the counts that follow
 * @param blocks size of the file system
 * @param free free units
 * @param available free units for users
 * @param files number of inodes that it can hold
 * @param freeFiles inodes left
 */
public record FileSystemStatus(
    int blockSize, long blocks, long free, long available, long files, long freeFiles) {

  /** What is left of this under a quota: its size is the volume's size, as far as there is room. */
  public FileSystemStatus within(Quota quota, Usage usage) {
    long quotaBlocks = quota.bytes() / blockSize;
    long room = Math.max(0, quota.bytes() - usage.bytes()) / blockSize;
    long roomFiles = Math.max(0, quota.inodes() - usage.inodes());
    return new FileSystemStatus(
        blockSize,
        Math.min(blocks, quotaBlocks),
        Math.min(free, room),
        Math.min(available, room),
        Math.min(files, quota.inodes()),
        Math.min(freeFiles, roomFiles));
  }
}
