package io.cairnfs.client.content;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.block.Chunk;
import io.cairnfs.client.extent.Outboard;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.erasure.Shard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The blocks, or chunks of them, that one read needs and that are not in memory. First all that is
 * missing is noted, then it is fetched at once, and kept for the read. For one thread.
 */
final class Fetch {

  /**
   * Once so many chunks of a block were or would be fetched, the rest is likely to be wanted too,
   * and cheaper in one piece: half of a full block's.
   */
  private static final int MANY_CHUNKS = Segment.CHUNK_BYTES / Outboard.CHUNK_BYTES / 2;

  private final BlockClient blocks;
  private final Map<Cid, byte[]> fetched = new HashMap<>();
  private final Map<Cid, Wanted> wanted = new LinkedHashMap<>();

  Fetch(BlockClient blocks) {
    this.blocks = blocks;
  }

  /** What of one block is wanted. */
  private static final class Wanted {
    final @Nullable Shard shard;
    final Set<Chunk> chunks = new LinkedHashSet<>();

    /** Those by which the chunks were cut. */
    final Set<Outboard> outboards = new LinkedHashSet<>();

    /** Whether only all of the block will do. */
    boolean whole;

    Wanted(@Nullable Shard shard) {
      this.shard = shard;
    }
  }

  /** The bytes of a block or a chunk; null if they are not in memory. */
  byte @Nullable [] peek(Cid cid) {
    byte[] bytes = fetched.get(cid);
    return bytes == null ? blocks.peek(cid) : bytes;
  }

  /**
   * Notes that bytes [from, to) of a block are missing.
   *
   * @param shard where they are, if the block is part of a stripe; else null
   * @param outboard what verifies its chunks; null if there is none for this range
   */
  void want(Cid block, @Nullable Shard shard, @Nullable Outboard outboard, int from, int to) {
    Wanted of = wanted.computeIfAbsent(block, cid -> new Wanted(shard));
    if (outboard == null) {
      of.whole = true;
      return;
    }
    int last = outboard.chunkAt(to - 1);
    for (int i = outboard.chunkAt(from); i <= last; i++) {
      Cid cid = outboard.chunkCid(i);
      if (peek(cid) == null) {
        int offset = outboard.chunkOffset(i);
        int length = outboard.chunkLength(i);
        of.chunks.add(
            of.shard == null
                ? new Chunk(cid, block, offset, length)
                : Chunk.of(cid, offset, length, of.shard));
      }
    }
    of.outboards.add(outboard);
  }

  private boolean isMany(Wanted of) {
    int count = of.chunks.size();
    for (Outboard outboard : of.outboards) {
      for (int i = 0; i < outboard.chunks() && count < MANY_CHUNKS; i++) {
        count += peek(outboard.chunkCid(i)) == null ? 0 : 1;
      }
    }
    return count >= MANY_CHUNKS;
  }

  /** Whether anything is missing. */
  boolean isNeeded() {
    return !wanted.isEmpty();
  }

  /**
   * Fetches what is missing.
   *
   * @param sparingly nothing but the chunks that are wanted, where few are; else whole blocks
   */
  void run(boolean sparingly) throws BlockException, InterruptedException {
    List<Get> gets = new ArrayList<>();
    wanted.forEach(
        (block, of) -> {
          if (sparingly && !of.whole && !isMany(of)) {
            of.chunks.forEach(chunk -> gets.add(new Get(chunk.cid(), () -> blocks.get(chunk))));
          } else {
            gets.add(new Get(block, () -> whole(block, of.shard)));
          }
        });
    wanted.clear();
    getAll(gets);
  }

  private byte[] whole(Cid block, @Nullable Shard shard)
      throws BlockException, InterruptedException {
    return shard == null ? blocks.get(block) : blocks.get(Chunk.whole(block, shard));
  }

  /** One thing to fetch. */
  private record Get(Cid cid, Deadline.Waiting<byte[], BlockException> call) {}

  /** The first on this thread: most often it is the only one. */
  private void getAll(List<Get> gets) throws BlockException, InterruptedException {
    Get first = gets.getFirst();
    Map<Cid, FutureTask<byte[]>> others = new LinkedHashMap<>();
    try {
      gets.subList(1, gets.size()).forEach(get -> others.put(get.cid(), start(get.call())));
      fetched.put(first.cid(), first.call().call());
      for (Map.Entry<Cid, FutureTask<byte[]>> other : others.entrySet()) {
        fetched.put(other.getKey(), await(other.getValue()));
      }
    } finally {
      others.values().forEach(task -> task.cancel(true));
    }
  }

  private static FutureTask<byte[]> start(Deadline.Waiting<byte[], BlockException> get) {
    FutureTask<byte[]> task = new FutureTask<>(() -> Deadline.await(Deadline.remaining(), get));
    Thread.ofVirtual().name("cairn-read").start(task);
    return task;
  }

  private static byte[] await(FutureTask<byte[]> task) throws BlockException, InterruptedException {
    try {
      return task.get(Deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      BlockException.Reason reason =
          cause instanceof BlockException failure
              ? failure.reason()
              : BlockException.Reason.UNAVAILABLE;
      throw new BlockException(reason, "a block could not be read: " + cause, cause);
    } catch (TimeoutException e) {
      throw new BlockException(
          BlockException.Reason.UNAVAILABLE, "a block did not come in time", e);
    }
  }
}
