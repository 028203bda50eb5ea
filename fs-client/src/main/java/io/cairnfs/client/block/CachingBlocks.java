package io.cairnfs.client.block;

import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps blocks and chunks in memory, those that were read and those that were written, and lets all
 * who want one of them at the same time share one fetch. What enters is verified already.
 */
public final class CachingBlocks implements BlockClient {

  private final BlockClient inner;
  private final BlockCache cache;
  private final BlockCounters counters;
  private final ConcurrentHashMap<Cid, CompletableFuture<byte[]>> flights =
      new ConcurrentHashMap<>();

  /**
   * @param maxBytes bound on the memory of the cache
   */
  public CachingBlocks(BlockClient inner, long maxBytes, BlockCounters counters) {
    this.inner = inner;
    this.cache = new BlockCache(maxBytes);
    this.counters = counters;
  }

  @Override
  public byte @Nullable [] peek(Cid cid) {
    return cache.get(cid);
  }

  @Override
  public byte[] get(Cid cid) throws BlockException, InterruptedException {
    return get(cid, () -> inner.get(cid));
  }

  @Override
  public byte[] get(Chunk chunk) throws BlockException, InterruptedException {
    return get(chunk.cid(), () -> inner.get(chunk));
  }

  private byte[] get(Cid cid, Deadline.Waiting<byte[], BlockException> fetch)
      throws BlockException, InterruptedException {
    while (true) {
      byte[] cached = cache.get(cid);
      if (cached != null) {
        counters.cacheHits.increment();
        return cached;
      }
      CompletableFuture<byte[]> mine = new CompletableFuture<>();
      CompletableFuture<byte[]> flight = flights.putIfAbsent(cid, mine);
      if (flight == null) {
        return fly(cid, fetch, mine);
      }
      byte[] shared = join(cid, flight);
      if (shared != null) {
        return shared;
      }
    }
  }

  private byte[] fly(
      Cid cid, Deadline.Waiting<byte[], BlockException> fetch, CompletableFuture<byte[]> flight)
      throws BlockException, InterruptedException {
    try {
      // One that landed between the look at the cache and the take-off.
      byte[] landed = cache.get(cid);
      byte[] bytes = landed == null ? fetch.call() : landed;
      if (landed == null) {
        counters.cacheMisses.increment();
        cache.put(new Block(cid, bytes));
      }
      flight.complete(bytes);
      return bytes;
    } catch (BlockException | InterruptedException | RuntimeException | Error e) {
      flight.completeExceptionally(e);
      throw e;
    } finally {
      flights.remove(cid, flight);
    }
  }

  /**
   * Another's fetch; null if that one ended for reasons of its own, and this caller should try
   * itself.
   */
  private static byte @Nullable [] join(Cid cid, CompletableFuture<byte[]> flight)
      throws BlockException, InterruptedException {
    try {
      return flight.get(Deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new BlockException(
          BlockException.Reason.UNAVAILABLE, "block " + cid + " did not come in time", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BlockException failure) {
        boolean itsDeadlineOnly =
            failure.reason() == BlockException.Reason.UNAVAILABLE && !Deadline.remaining().isZero();
        if (itsDeadlineOnly) {
          return null;
        }
        throw new BlockException(
            failure.reason(), "block " + cid + ": " + failure.getMessage(), failure);
      }
      return null;
    }
  }

  @Override
  public void put(List<Block> blocks) throws BlockException, InterruptedException {
    inner.put(blocks);
    blocks.forEach(cache::put);
  }

  @Override
  public Set<Cid> have(Collection<Cid> cids) throws BlockException, InterruptedException {
    return inner.have(cids); // what is cached here may be gone there
  }

  @Override
  public long claimEpoch() {
    return inner.claimEpoch();
  }

  @Override
  public void sweepOpened(long sweep) {
    inner.sweepOpened(sweep);
  }
}
