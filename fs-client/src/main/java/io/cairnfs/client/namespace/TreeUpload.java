package io.cairnfs.client.namespace;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.head.Commit;
import java.util.ArrayList;
import java.util.List;

/** Collects the blocks of a new tree and uploads many at a time. Blocking; for one thread. */
final class TreeUpload implements TreeBuilder.Sink {

  /** New tree blocks that are uploaded together. */
  private static final int UPLOAD_BYTES = 4 << 20;

  private final BlockClient blocks;
  private final NodeCache cache;
  private final List<Block> batch = new ArrayList<>();
  private int bytes;
  private long claimEpoch = Commit.NO_CLAIM;

  /**
   * @param cache gets the new nodes: what changed is what is looked at
   */
  TreeUpload(BlockClient blocks, NodeCache cache) {
    this.blocks = blocks;
    this.cache = cache;
  }

  @Override
  public void accept(Block block) throws NamespaceException, InterruptedException {
    batch.add(block);
    bytes += block.bytes().length;
    if (bytes >= UPLOAD_BYTES) {
      flush();
    }
  }

  /** Uploads what is left. */
  void flush() throws NamespaceException, InterruptedException {
    if (batch.isEmpty()) {
      return;
    }
    long claimed = blocks.claimEpoch();
    try {
      blocks.put(List.copyOf(batch));
    } catch (BlockException e) {
      throw Failures.ofBlocks(e);
    }
    claimEpoch = claimEpoch == Commit.NO_CLAIM ? claimed : Math.min(claimEpoch, claimed);
    for (Block block : batch) {
      cache.put(block.cid(), Node.decode(block.bytes()));
    }
    batch.clear();
    bytes = 0;
  }

  /** The oldest claim on a block that was uploaded. */
  long claimEpoch() {
    return claimEpoch;
  }
}
