package io.cairnfs.client.content;

import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.extent.Extent;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One block that is made of bytes that are stored already. Nothing refers to it before it is
 * durable, so that its failure harms nobody. For one thread.
 */
public final class Repack {

  private final DirtyBudget budget;
  private final OutgoingBlock block;

  Repack(Uploader uploader, DirtyBudget budget) {
    this.budget = budget;
    this.block = OutgoingBlock.pack(uploader);
  }

  /**
   * Adds a piece; null if the block has no room for it.
   *
   * @param verifiable whether it is to be read by itself
   * @return its place
   */
  public Extent.@Nullable InBlock add(byte[] bytes, boolean verifiable) {
    return block.append(bytes, 0, bytes.length, verifiable);
  }

  /**
   * Stores the block, and waits until it has its write-acks.
   *
   * @param timeout what that may take
   */
  public void store(Duration timeout) throws BlockException, InterruptedException {
    budget.reserve(block.length());
    block.push();
    try {
      block.durable().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new BlockException(
          BlockException.Reason.UNAVAILABLE, "a rewritten block could not be stored", e);
    }
  }
}
