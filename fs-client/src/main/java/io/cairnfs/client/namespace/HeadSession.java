package io.cairnfs.client.namespace;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.CommitResult;
import io.cairnfs.protocol.head.FoldToken;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.InodeRange;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockRequest;
import io.cairnfs.protocol.head.News;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.Renewal;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeLock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A head as one session of one volume uses it: requests that got no answer are repeated until their
 * time is up, and what extends the lease is noted. Blocking; thread-safe.
 */
final class HeadSession {

  /** How long one try may take, so that one lost message does not use up the time for all tries. */
  private static final Duration TRY = Duration.ofSeconds(5);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Head head;
  private final VolumeId volume;
  private final SessionId session;
  private final Lease lease;
  private final BlockClient blocks;
  private volatile long nextRequest = 1;

  /**
   * @param blocks of the volume; hears of its sweeps
   */
  HeadSession(Head head, VolumeId volume, SessionId session, Lease lease, BlockClient blocks) {
    this.head = head;
    this.volume = volume;
    this.session = session;
    this.lease = lease;
    this.blocks = blocks;
  }

  /** One request. */
  @FunctionalInterface
  private interface Call<T> {
    T call(Duration timeout) throws HeadException, InterruptedException;
  }

  private static <T> T repeat(Duration timeout, Call<T> call)
      throws HeadException, InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    Duration pause = FIRST_PAUSE;
    while (true) {
      Duration left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
      try {
        return call.call(left.compareTo(TRY) < 0 ? left : TRY);
      } catch (HeadException e) {
        boolean passes =
            e.reason() == HeadException.Reason.UNAVAILABLE
                || e.reason() == HeadException.Reason.FOLD_FIRST;
        if (!passes || System.nanoTime() + pause.toNanos() - end >= 0) {
          throw e;
        }
      }
      Thread.sleep(pause);
      Duration longer = pause.multipliedBy(2);
      pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
    }
  }

  /**
   * Commits a batch; one at a time, so that all before it are acknowledged. What fails for lack of
   * an answer must not be followed by another one. Blocks that sweeps have overtaken are claimed
   * again.
   *
   * @throws NamespaceException if such a block is lost
   */
  CommitResult commit(CommitBatch batch, Duration timeout)
      throws HeadException, NamespaceException, InterruptedException {
    CommitBatch claimed = batch;
    while (true) {
      try {
        return commit(claimed.commits(), timeout);
      } catch (HeadException e) {
        if (e.reason() != HeadException.Reason.STALE_CLAIMS) {
          throw e;
        }
      }
      Quota unused = renew(timeout); // tells which sweep it is
      CommitBatch stale = claimed;
      claimed = Deadline.await(timeout, () -> stale.claimAgain(blocks));
    }
  }

  private CommitResult commit(List<Commit> batch, Duration timeout)
      throws HeadException, InterruptedException {
    long first = nextRequest;
    CommitResult result =
        repeat(
            timeout,
            left -> {
              long sent = lease.now();
              CommitResult answer = head.commit(volume, session, first, first - 1, batch, left);
              lease.extend(sent, answer.sequence());
              return answer;
            });
    nextRequest = first + batch.size();
    return result;
  }

  /** As {@link Head#watch}, once. */
  News watch(long taken, long knownVersion, Duration wait)
      throws HeadException, InterruptedException {
    News news = head.watch(volume, session, taken, knownVersion, wait, wait.plus(TRY));
    blocks.sweepOpened(news.state().sweep());
    return news;
  }

  /** As {@link Head#share}. */
  void share(long change, List<VolumeLock> locks, Duration timeout)
      throws HeadException, InterruptedException {
    repeat(
        timeout,
        left -> {
          head.share(volume, session, change, locks, left);
          return true;
        });
  }

  /** As {@link Head#claim}. */
  boolean claim(long change, long taken, Duration timeout)
      throws HeadException, InterruptedException {
    return repeat(timeout, left -> head.claim(volume, session, change, taken, left));
  }

  LockAnswer lock(LockRequest request, Duration timeout)
      throws HeadException, InterruptedException {
    return repeat(timeout, left -> head.lock(volume, session, request, left));
  }

  LockAnswer cancelLock(long number, Duration timeout) throws HeadException, InterruptedException {
    return repeat(timeout, left -> head.cancelLock(volume, session, number, left));
  }

  /** One try to extend the lease; gives the quota to keep from now on. */
  Quota renew(Duration timeout) throws HeadException, InterruptedException {
    long sent = lease.now();
    Renewal renewal = head.renew(volume, session, timeout);
    lease.extend(sent, renewal.sequence());
    blocks.sweepOpened(renewal.sweep());
    return renewal.quota();
  }

  InodeRange grantInodes(int count, Duration timeout) throws HeadException, InterruptedException {
    return repeat(timeout, left -> head.grantInodes(volume, session, count, left));
  }

  FoldToken acquireFoldToken(Duration timeout) throws HeadException, InterruptedException {
    return repeat(timeout, left -> head.acquireFoldToken(volume, session, left));
  }

  void fold(
      @Nullable Cid expectedRoot, Cid newRoot, long through, long claimEpoch, Duration timeout)
      throws HeadException, InterruptedException {
    try {
      repeat(
          timeout,
          left -> {
            head.fold(volume, session, expectedRoot, newRoot, through, claimEpoch, left);
            return true;
          });
    } catch (HeadException e) {
      if (e.reason() == HeadException.Reason.STALE_CLAIMS) {
        Quota unused = renew(timeout); // tells which sweep it is
      }
      throw e;
    }
  }

  SessionId id() {
    return session;
  }

  /** Folds of this session that end where they are told to. */
  VolumeFold volumeFold(BlockClient blocks, NodeLoader loader) {
    return new VolumeFold(head, volume, session, blocks, loader);
  }

  void close(Duration timeout) throws HeadException, InterruptedException {
    repeat(
        timeout,
        left -> {
          head.close(volume, session, left);
          return true;
        });
  }
}
