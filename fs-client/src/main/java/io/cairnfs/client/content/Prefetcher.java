package io.cairnfs.client.content;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.block.Chunk;
import io.cairnfs.client.extent.BlockRef;
import io.cairnfs.client.extent.Extent;
import io.cairnfs.client.extent.FileExtent;
import io.cairnfs.client.extent.PendingBlock;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Shard;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches blocks into the cache before they are asked for. A failure is left to the read that needs
 * the block. At most a fixed number of blocks is under way for all files together; what exceeds it
 * is not prefetched. Thread-safe.
 */
final class Prefetcher {

  private static final Logger LOG = LoggerFactory.getLogger(Prefetcher.class);

  /** Blocks under way at once: two windows of the default size. */
  private static final int MAX_BLOCKS = 16;

  private final BlockClient blocks;
  private final Duration timeout;
  private final Semaphore slots = new Semaphore(MAX_BLOCKS);

  Prefetcher(BlockClient blocks, Duration timeout) {
    this.blocks = blocks;
    this.timeout = timeout;
  }

  /** Starts to fetch the blocks of [from, to) of a file. Never waits. */
  void prefetch(ExtentSource source, long from, long to) {
    Thread.ofVirtual().name("cairn-read-ahead").start(() -> startAll(source, from, to));
  }

  private void startAll(ExtentSource source, long from, long to) {
    Map<Cid, Deadline.Waiting<byte[], BlockException>> wanted = new LinkedHashMap<>();
    try {
      for (FileExtent extent : Deadline.await(timeout, () -> source.extents(from, to))) {
        if (extent.extent() instanceof Extent.InBlock inBlock) {
          switch (inBlock.block()) {
            case BlockRef.Stored(Cid cid) -> wanted.put(cid, () -> blocks.get(cid));
            case BlockRef.Striped(Cid cid, Shard shard) ->
                wanted.put(cid, () -> blocks.get(Chunk.whole(cid, shard)));
            case PendingBlock pending -> LOG.trace("what is on its way is in memory");
          }
        }
      }
    } catch (IOException e) {
      LOG.debug("no read-ahead: {}", e.getMessage());
      return;
    } catch (InterruptedException e) {
      return; // nobody interrupts this thread but a shutdown
    }
    for (Map.Entry<Cid, Deadline.Waiting<byte[], BlockException>> one : wanted.entrySet()) {
      if (blocks.peek(one.getKey()) == null) {
        if (!slots.tryAcquire()) {
          return;
        }
        Thread.ofVirtual()
            .name("cairn-read-ahead")
            .start(() -> fetch(one.getKey(), one.getValue()));
      }
    }
  }

  private void fetch(Cid cid, Deadline.Waiting<byte[], BlockException> get) {
    try {
      Deadline.await(timeout, get);
    } catch (IOException e) {
      LOG.debug("block {} was not read ahead: {}", cid, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      slots.release();
    }
  }
}
