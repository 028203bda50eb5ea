package io.cairnfs.client.tidy;

import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.cid.Cid;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How many bytes of each block the extents refer to, counted in one walk over them. Where there are
 * too many blocks, this walk looks at a part of them, picked by their hash, and later walks at the
 * others. Not thread-safe.
 */
final class BlockUses {

  /** Blocks that are counted at once: a few megabytes. */
  static final int MAX_BLOCKS = 1 << 16;

  /** Of fewer bytes than this a file makes no block of its own, and neither does the tidier. */
  static final long SPARSE_BYTES = BlockLimits.MAX_PRODUCED_BYTES / 4;

  private final Map<Cid, Long> bytes = new HashMap<>();
  private final int walk;
  private int parts = 1;

  /**
   * @param walk its number, which decides what part is looked at
   */
  BlockUses(int walk) {
    this.walk = walk;
  }

  void count(Extent.InBlock extent) {
    if (!(extent.block() instanceof BlockRef.Stored(Cid cid)) || !isLookedAt(cid)) {
      return; // what is on its way is young, and what is in a stripe stays there
    }
    bytes.merge(cid, extent.length(), Long::sum);
    while (bytes.size() > MAX_BLOCKS) {
      parts *= 2;
      bytes.keySet().removeIf(known -> !isLookedAt(known));
    }
  }

  private boolean isLookedAt(Cid cid) {
    return Math.floorMod(cid.hashCode() - walk, parts) == 0;
  }

  /**
   * The blocks of which little is used, if putting what is used together makes fewer blocks: then
   * what one walk has put together is left alone by the next.
   */
  Set<Cid> sparse() {
    Set<Cid> sparse = new HashSet<>();
    long used = 0;
    for (Map.Entry<Cid, Long> use : bytes.entrySet()) {
      if (use.getValue() < SPARSE_BYTES) {
        sparse.add(use.getKey());
        used += use.getValue();
      }
    }
    return sparse.size() > Math.ceilDiv(used, BlockLimits.MAX_PRODUCED_BYTES) ? sparse : Set.of();
  }
}
