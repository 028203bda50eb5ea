package io.cairnfs.client.vfs;

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
    int blockSize, long blocks, long free, long available, long files, long freeFiles) {}
