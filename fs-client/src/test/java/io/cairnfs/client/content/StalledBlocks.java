package io.cairnfs.client.content;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.block.Chunk;
import io.cairnfs.client.testing.MemoryBlocks;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Blocks that stand still until they are told to go; calls end with their deadline, as the port
 * says.
 */
final class StalledBlocks implements BlockClient {

  private final MemoryBlocks blocks = new MemoryBlocks();
  private final CountDownLatch go = new CountDownLatch(1);

  void go() {
    go.countDown();
  }

  private void await() throws BlockException, InterruptedException {
    if (!go.await(Deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
      throw new BlockException(BlockException.Reason.UNAVAILABLE, "stalled");
    }
  }

  @Override
  public byte[] get(Cid cid) throws BlockException, InterruptedException {
    await();
    return blocks.get(cid);
  }

  @Override
  public byte[] get(Chunk chunk) throws BlockException, InterruptedException {
    await();
    return blocks.get(chunk);
  }

  @Override
  public void put(List<Block> batch) throws BlockException, InterruptedException {
    await();
    blocks.put(batch);
  }

  @Override
  public Set<Cid> have(Collection<Cid> cids) throws BlockException, InterruptedException {
    await();
    return blocks.have(cids);
  }
}
