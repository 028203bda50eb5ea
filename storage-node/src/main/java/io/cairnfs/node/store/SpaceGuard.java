package io.cairnfs.node.store;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Says how much may still be stored: within the node's capacity, and above the reserve on its disk.
 * Thread-safe.
 */
final class SpaceGuard {

  private final FileStore disk;
  private final StoreSettings settings;

  SpaceGuard(Path directory, StoreSettings settings) throws IOException {
    this.disk = Files.getFileStore(directory);
    this.settings = settings;
  }

  /**
   * @param storedBytes what the blocks take now
   * @return bytes of blocks that may be added; at least 0
   */
  long roomBytes(long storedBytes) throws IOException {
    long onDisk = disk.getUsableSpace() - settings.reserveBytes();
    return Math.max(0, Math.min(onDisk, settings.capacityBytes() - storedBytes));
  }
}
