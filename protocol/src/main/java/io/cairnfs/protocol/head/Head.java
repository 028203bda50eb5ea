package io.cairnfs.protocol.head;

import io.cairnfs.protocol.cid.Cid;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The heads of volumes: for each, a replicated log of transactions with its latest root. A head
 * orders transactions; it knows no files and no keys, only conflict tokens and opaque bodies.
 *
 * <p>Every method may block for at most {@code timeout} and is safe to repeat: a repeated request
 * has the result of the first. Thread-safe. When a method throws {@link
 * HeadException.Reason#UNAVAILABLE} it may have been executed.
 *
 * <p>Source of the conflict rule: FoundationDB's resolvers (Zhou et al., "FoundationDB", SIGMOD
 * 2021).
 */
public interface Head {

  /**
   * Founds a volume with an empty history.
   *
   * @throws HeadException {@code EXISTS} if it was founded with another record (the same record
   *     twice is fine); {@code REFUSED} if the signature is wrong or the record names other voters
   */
  void found(Founding founding, Duration timeout) throws HeadException, InterruptedException;

  /** The volumes hosted here. */
  List<VolumeInfo> list(Duration timeout) throws HeadException, InterruptedException;

  /**
   * @throws HeadException {@code UNKNOWN_VOLUME}
   */
  VolumeInfo info(VolumeId volume, Duration timeout) throws HeadException, InterruptedException;

  /**
   * Opens a session, or confirms the one with this id. A session whose lease has run out lives on,
   * and may renew it, until another one wants in; it is dead for ever then.
   *
   * @param holder names the session to people, such as {@code host:pid:/mnt}
   * @throws HeadException {@code HELD} while another session's lease runs; {@code FENCED} if this
   *     session has died
   */
  SessionGrant open(VolumeId volume, SessionId session, String holder, Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Extends the session's lease to its full length from now.
   *
   * @return the volume's quota, which the session keeps from here on
   * @throws HeadException {@code FENCED} if the session is dead
   */
  Quota renew(VolumeId volume, SessionId session, Duration timeout)
      throws HeadException, InterruptedException;

  /** Ends a session in peace: its lease is free at once. Ending a dead one is fine. */
  void close(VolumeId volume, SessionId session, Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Commits transactions in order, each a numbered request of the session: {@code firstRequest},
   * {@code firstRequest + 1} and so on, starting with 1. A repeated number has its stored result.
   * When this returns, what was committed is durable. Also renews the lease.
   *
   * @param acknowledged the client has the results of all requests up to this number; they may be
   *     forgotten
   * @return one outcome per transaction
   * @throws HeadException {@code FENCED}; {@code FOLD_FIRST} past {@link
   *     HeadLimits#HARD_UNFOLDED_BYTES}; {@code REFUSED} for a gap in the numbers, a result that
   *     was acknowledged, or a broken limit. None of these uses a number
   */
  List<CommitOutcome> commit(
      VolumeId volume,
      SessionId session,
      long firstRequest,
      long acknowledged,
      List<Commit> batch,
      Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Committed transactions after a sequence, oldest first; as many as fit a frame, so call again
   * from the last.
   *
   * @throws HeadException {@code REFUSED} if {@code after} is before the root's sequence
   */
  List<Delta> deltas(VolumeId volume, long after, Duration timeout)
      throws HeadException, InterruptedException;

  /** Grants inode numbers; repeating a call that was executed wastes a range and harms nothing. */
  InodeRange grantInodes(VolumeId volume, SessionId session, int count, Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Takes the volume's fold token for this session, so that one session at a time folds; it expires
   * with the lease.
   *
   * @return whether this session has it now
   */
  boolean acquireFoldToken(VolumeId volume, SessionId session, Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Replaces the root by one that includes everything up to a sequence, and forgets the deltas up
   * to there. The new tree's blocks have their write-acks before this is called.
   *
   * @param expectedRoot the root that the fold started from
   * @throws HeadException {@code OVERTAKEN} if the root is neither the expected nor the new one, or
   *     newer than {@code throughSequence}; {@code REFUSED} if that is not committed yet; {@code
   *     FENCED}
   */
  void fold(
      VolumeId volume,
      SessionId session,
      @Nullable Cid expectedRoot,
      Cid newRoot,
      long throughSequence,
      Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Bounds what a volume holds from now on. What it holds beyond stays, and commits that do not
   * grow it succeed. A session that was told a greater quota may use that up: what it took before
   * it hears of this is not lost.
   */
  void setQuota(VolumeId volume, Quota quota, Duration timeout)
      throws HeadException, InterruptedException;
}
