package io.cairnfs.client.namespace;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.FoldToken;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.InodeRange;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.VolumeId;
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

  HeadSession(Head head, VolumeId volume, SessionId session, Lease lease) {
    this.head = head;
    this.volume = volume;
    this.session = session;
    this.lease = lease;
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

  List<CommitOutcome> commit(long firstRequest, List<Commit> batch, Duration timeout)
      throws HeadException, InterruptedException {
    return repeat(
        timeout,
        left -> {
          long sent = lease.now();
          // One batch is under way at a time, so all before it are acknowledged.
          List<CommitOutcome> outcomes =
              head.commit(volume, session, firstRequest, firstRequest - 1, batch, left).outcomes();
          lease.extend(sent);
          return outcomes;
        });
  }

  /** One try to extend the lease; gives the quota to keep from now on. */
  Quota renew(Duration timeout) throws HeadException, InterruptedException {
    long sent = lease.now();
    Quota quota = head.renew(volume, session, timeout).quota();
    lease.extend(sent);
    return quota;
  }

  InodeRange grantInodes(int count, Duration timeout) throws HeadException, InterruptedException {
    return repeat(timeout, left -> head.grantInodes(volume, session, count, left));
  }

  FoldToken acquireFoldToken(Duration timeout) throws HeadException, InterruptedException {
    return repeat(timeout, left -> head.acquireFoldToken(volume, session, left));
  }

  void fold(@Nullable Cid expectedRoot, Cid newRoot, long through, Duration timeout)
      throws HeadException, InterruptedException {
    repeat(
        timeout,
        left -> {
          head.fold(volume, session, expectedRoot, newRoot, through, left);
          return true;
        });
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
