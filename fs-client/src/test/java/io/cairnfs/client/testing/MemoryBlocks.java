package io.cairnfs.client.testing;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.block.Chunk;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.block.BlockLimits;
import io.cairnfs.protocol.cid.Cid;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A {@link BlockClient} in memory, which can be slow, can fail and can lose blocks. Thread-safe.
 */
public final class MemoryBlocks implements BlockClient {

  private final Map<Cid, byte[]> blocks = new ConcurrentHashMap<>();
  private final AtomicLong gets = new AtomicLong();
  private final AtomicLong chunkGets = new AtomicLong();
  private final AtomicLong puts = new AtomicLong();
  private volatile BlockException.@Nullable Reason failure;
  private volatile Duration latency = Duration.ZERO;
  private volatile long sweep;

  /** Says that blocks are claimed with this sweep from now on. */
  public void claimWith(long number) {
    sweep = number;
  }

  @Override
  public long claimEpoch() {
    return sweep;
  }

  @Override
  public byte[] get(Cid cid) throws BlockException, InterruptedException {
    gets.incrementAndGet();
    delayOrFail();
    byte[] bytes = blocks.get(cid);
    if (bytes == null) {
      throw new BlockException(BlockException.Reason.NOT_FOUND, "no block " + cid);
    }
    return bytes;
  }

  @Override
  public byte[] get(Chunk chunk) throws BlockException, InterruptedException {
    chunkGets.incrementAndGet();
    delayOrFail();
    byte[] block = blocks.get(chunk.block());
    if (block == null) {
      throw new BlockException(BlockException.Reason.NOT_FOUND, "no block " + chunk.block());
    }
    byte[] bytes = Arrays.copyOfRange(block, chunk.offset(), chunk.offset() + chunk.length());
    if (!chunk.cid().matches(bytes)) {
      throw new IllegalArgumentException("not what is there: " + chunk);
    }
    return bytes;
  }

  @Override
  public void put(List<Block> batch) throws BlockException, InterruptedException {
    delayOrFail();
    for (Block block : batch) {
      if (block.bytes().length > BlockLimits.MAX_PRODUCED_BYTES
          || !block.cid().matches(block.bytes())) {
        throw new IllegalArgumentException("no good block: " + block);
      }
      puts.incrementAndGet();
      blocks.put(block.cid(), block.bytes());
    }
  }

  @Override
  public Set<Cid> have(Collection<Cid> cids) throws BlockException, InterruptedException {
    delayOrFail();
    return cids.stream().filter(blocks::containsKey).collect(Collectors.toUnmodifiableSet());
  }

  private void delayOrFail() throws BlockException, InterruptedException {
    if (!latency.isZero()) {
      Duration left = Deadline.remaining();
      boolean inTime = latency.compareTo(left) <= 0;
      Thread.sleep(inTime ? latency : left);
      if (!inTime) {
        throw new BlockException(BlockException.Reason.UNAVAILABLE, "not in time");
      }
    }
    BlockException.Reason reason = failure;
    if (reason != null) {
      throw new BlockException(reason, "told to fail");
    }
  }

  /** Makes every call fail from now on; null ends that. */
  public void failWith(BlockException.@Nullable Reason reason) {
    failure = reason;
  }

  /** Makes every call take so long. */
  public void setLatency(Duration newLatency) {
    latency = newLatency;
  }

  /** Loses a block. */
  public void lose(Cid cid) {
    blocks.remove(cid);
  }

  public Set<Cid> cids() {
    return Set.copyOf(blocks.keySet());
  }

  /** Bytes of all blocks. */
  public long sizeBytes() {
    return blocks.values().stream().mapToLong(bytes -> bytes.length).sum();
  }

  /** Whole blocks that were asked for. */
  public long gets() {
    return gets.get();
  }

  /** Chunks that were asked for. */
  public long chunkGets() {
    return chunkGets.get();
  }

  /** Blocks that were put, repeated ones included. */
  public long puts() {
    return puts.get();
  }
}
