package io.cairnfs.node.store;

import io.cairnfs.node.store.StoreException.Reason;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Multihash;
import java.util.List;

/** What every store asks of the blocks that it is given. */
final class BlockChecks {

  private BlockChecks() {}

  /**
   * @return the sum of the blocks' lengths
   * @throws StoreException {@code REFUSED}, {@code WRONG_HASH}
   */
  static long check(List<Block> blocks, PutOptions options) throws StoreException {
    long bytes = 0;
    for (Block block : blocks) {
      requireSha256(block.cid());
      int length = block.bytes().length;
      if (length > BlockLimits.MAX_ACCEPTED_BYTES) {
        throw new StoreException(
            Reason.REFUSED, block.cid() + " has " + length + " bytes, too many for a block");
      }
      if (options.verify() && !block.cid().matches(block.bytes())) {
        throw new StoreException(
            Reason.WRONG_HASH, "the bytes given for " + block.cid() + " have another hash");
      }
      bytes += length;
    }
    return bytes;
  }

  /** Blocks with other hashes carry their bytes in their name; nobody stores them. */
  static void requireSha256(Cid cid) throws StoreException {
    if (cid.hash().code() != Multihash.SHA2_256) {
      throw new StoreException(Reason.REFUSED, cid + " is not named by sha2-256");
    }
  }
}
