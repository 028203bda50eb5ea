package io.cairnfs.client.cli;

import io.cairnfs.client.vfs.FileSystemStatus;
import io.cairnfs.protocol.head.Usage;

/** What statfs(2) says of a volume: what it holds, and what the nodes have room for beyond. */
final class Space {

  private static final int UNIT_BYTES = 4096;

  /**
   * Inodes cost next to nothing: as many as there are numbers that programs of 32 bits can take.
   */
  private static final long MAX_INODES = 1L << 32;

  private Space() {}

  /**
   * @param freeBytes room for file content, each byte counted once, however many replicas it has
   */
  static FileSystemStatus of(Usage usage, long freeBytes) {
    long free = Math.max(0, freeBytes) / UNIT_BYTES;
    long used = Math.ceilDiv(Math.max(0, usage.bytes()), UNIT_BYTES);
    long freeInodes = Math.max(0, MAX_INODES - usage.inodes());
    return new FileSystemStatus(UNIT_BYTES, used + free, free, free, MAX_INODES, freeInodes);
  }
}
