package io.cairnfs.node.store;

import io.cairnfs.node.store.segment.ChunkSums;
import io.cairnfs.node.store.segment.RecordHeader;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.identity.Key256;
import org.jspecify.annotations.Nullable;

/**
 * A verified block that waits for the writer.
 *
 * @param sums of its chunks if its body belongs in a segment; null if it belongs in the database
 */
record PreparedBlock(Block block, @Nullable ChunkSums sums) {

  static PreparedBlock of(Block block, int segmentMinBytes) {
    boolean large = block.bytes().length >= segmentMinBytes;
    return new PreparedBlock(block, large ? ChunkSums.of(block.bytes()) : null);
  }

  Key256 digest() {
    return block.cid().key();
  }

  int sizeBytes() {
    return block.bytes().length;
  }

  /** What it takes in a segment. */
  long recordBytes() {
    return sums == null ? 0 : RecordHeader.recordBytes(sizeBytes());
  }
}
