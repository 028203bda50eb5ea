package io.cairnfs.client.block;

import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Tries again what failed because too few nodes answered, with growing pauses, until the current
 * deadline. Other failures would only repeat.
 */
public final class RetryingBlocks implements BlockClient {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final BlockClient inner;

  public RetryingBlocks(BlockClient inner) {
    this.inner = inner;
  }

  @Override
  public byte[] get(Cid cid) throws BlockException, InterruptedException {
    return retry(() -> inner.get(cid));
  }

  @Override
  public byte[] get(Chunk chunk) throws BlockException, InterruptedException {
    return retry(() -> inner.get(chunk));
  }

  @Override
  public void put(List<Block> blocks) throws BlockException, InterruptedException {
    retry(
        () -> {
          inner.put(blocks);
          return true;
        });
  }

  @Override
  public Set<Cid> have(Collection<Cid> cids) throws BlockException, InterruptedException {
    return retry(() -> inner.have(cids));
  }

  private static <T> T retry(Deadline.Waiting<T, BlockException> operation)
      throws BlockException, InterruptedException {
    // Fixed once: outside of an operation the remaining time would start anew with each look.
    return Deadline.await(Deadline.remaining(), () -> retryWithinDeadline(operation));
  }

  private static <T> T retryWithinDeadline(Deadline.Waiting<T, BlockException> operation)
      throws BlockException, InterruptedException {
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        return operation.call();
      } catch (BlockException e) {
        long jittered = (long) (pause.toNanos() * (0.5 + ThreadLocalRandom.current().nextDouble()));
        if (e.reason() != BlockException.Reason.UNAVAILABLE
            || Deadline.remaining().toNanos() <= jittered) {
          throw e;
        }
        Thread.sleep(Duration.ofNanos(jittered));
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2)
                : LONGEST_PAUSE;
      }
    }
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
