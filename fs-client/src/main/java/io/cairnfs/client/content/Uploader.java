package io.cairnfs.client.content;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes sealed blocks to durability in the background: hashes them on a few platform threads,
 * groups them, asks which are known where that pays, and puts the rest, a bounded number at once.
 * What waits here is bounded by the {@link DirtyBudget}. Thread-safe; {@link #submit} never waits.
 */
final class Uploader implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Uploader.class);

  /**
   * Blocks of one put: they share a round trip and, at a node, a sync; more would delay the first
   * of them.
   */
  private static final long MAX_BATCH_BYTES = 3L << 20;

  private static final int MAX_BATCH_BLOCKS = 64;

  private final BlockClient blocks;
  private final DirtyBudget budget;
  private final int maxUploads;
  private final long timeoutNanos;
  private final ExecutorService hashers;
  private final KnownBlocksProbe probe = new KnownBlocksProbe();
  private final ArrayDeque<Hashed> ready = new ArrayDeque<>();
  private int uploads;
  private volatile boolean closed;
  private volatile long lastSuccessNanos = System.nanoTime();

  Uploader(BlockClient blocks, DirtyBudget budget, ContentSettings settings) {
    this.blocks = blocks;
    this.budget = budget;
    this.maxUploads = settings.uploads();
    this.timeoutNanos = settings.uploadTimeout().toNanos();
    this.hashers =
        Executors.newFixedThreadPool(
            settings.hashThreads(), Thread.ofPlatform().daemon().name("cairn-hash-", 0).factory());
  }

  /** A sealed block and its name. */
  private record Hashed(OutgoingBlock outgoing, Block block) {}

  /** Takes a block that was just sealed. */
  void submit(OutgoingBlock outgoing) {
    budget.sent(outgoing.length());
    try {
      hashers.execute(() -> hash(outgoing));
    } catch (RejectedExecutionException e) {
      fail(outgoing, closedFailure());
    }
  }

  private void hash(OutgoingBlock outgoing) {
    if (closed) {
      fail(outgoing, closedFailure());
      return;
    }
    Hashed hashed;
    try {
      hashed = new Hashed(outgoing, outgoing.hash());
    } catch (RuntimeException | Error e) {
      LOG.error("a block could not be hashed", e);
      fail(outgoing, e);
      return;
    }
    synchronized (this) {
      ready.add(hashed);
      if (uploads == maxUploads) {
        return; // one of them will take it
      }
      uploads++;
    }
    Thread.ofVirtual().name("cairn-upload").start(this::uploadWhileReady);
  }

  private void uploadWhileReady() {
    for (List<Hashed> batch = nextBatch(); !batch.isEmpty(); batch = nextBatch()) {
      upload(batch);
    }
  }

  /** The next blocks to put; empty if there are none, and then the calling upload has ended. */
  private synchronized List<Hashed> nextBatch() {
    List<Hashed> batch = new ArrayList<>();
    long bytes = 0;
    while (!ready.isEmpty() && batch.size() < MAX_BATCH_BLOCKS) {
      bytes += ready.getFirst().block().bytes().length;
      if (bytes > MAX_BATCH_BYTES && !batch.isEmpty()) {
        break;
      }
      batch.add(ready.removeFirst());
    }
    if (batch.isEmpty()) {
      uploads--;
    }
    return batch;
  }

  private void upload(List<Hashed> batch) {
    try {
      if (closed) {
        throw closedFailure();
      }
      long claimEpoch = blocks.claimEpoch();
      Deadline.await(timeLeft(batch), () -> send(batch));
      lastSuccessNanos = System.nanoTime();
      batch.forEach(hashed -> succeed(hashed.outgoing(), claimEpoch));
    } catch (BlockException e) {
      LOG.error("{} blocks could not be stored: {}", batch.size(), e.getMessage());
      batch.forEach(hashed -> fail(hashed.outgoing(), e));
    } catch (InterruptedException | RuntimeException | Error e) {
      LOG.error("an upload of {} blocks broke off", batch.size(), e);
      batch.forEach(hashed -> fail(hashed.outgoing(), e));
    }
  }

  /**
   * Time runs from the last sign of progress, so that a long queue does not fail and a stalled one
   * fails as a whole.
   */
  private Duration timeLeft(List<Hashed> batch) {
    long since = lastSuccessNanos;
    for (Hashed hashed : batch) {
      long sealed = hashed.outgoing().sealedNanos();
      since = sealed - since > 0 ? sealed : since;
    }
    return Duration.ofNanos(Math.max(1, since + timeoutNanos - System.nanoTime()));
  }

  private boolean send(List<Hashed> batch) throws BlockException, InterruptedException {
    Map<Cid, Block> missing = new LinkedHashMap<>();
    batch.forEach(hashed -> missing.put(hashed.block().cid(), hashed.block()));
    List<Cid> asked =
        missing.values().stream()
            .filter(block -> probe.isWorthAsking(block.bytes().length))
            .map(Block::cid)
            .toList();
    if (!asked.isEmpty()) {
      Set<Cid> known = blocks.have(asked);
      probe.answered(asked.size(), known.size());
      missing.keySet().removeAll(known);
    }
    if (!missing.isEmpty()) {
      blocks.put(List.copyOf(missing.values()));
    }
    return true;
  }

  private void succeed(OutgoingBlock outgoing, long claimEpoch) {
    int length = outgoing.length();
    outgoing.succeeded(claimEpoch);
    budget.landed(length);
  }

  private void fail(OutgoingBlock outgoing, Throwable failure) {
    int length = outgoing.length();
    outgoing.failed(failure);
    budget.landed(length);
  }

  private static BlockException closedFailure() {
    return new BlockException(BlockException.Reason.UNAVAILABLE, "the mount is closed");
  }

  /** Starts no more uploads: blocks that wait for one fail. Push and await them before. */
  @Override
  public void close() {
    closed = true;
    hashers.shutdown();
  }
}
