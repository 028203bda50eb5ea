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
   * Opens a session, or confirms the one with this id: exclusive if there is no other, shared if
   * the others are. An exclusive one is asked to share; if it has not within {@link
   * HeadLimits#RECALL_DEADLINE}, its lease is not extended any more. A session whose lease has run
   * out lives on, and may renew it, until another one wants anything; it is dead for ever then.
   *
   * @param holder names the session to people, such as {@code host:pid:/mnt}
   * @throws HeadException {@code RECALLING} while an exclusive session has not shared: repeat it
   *     soon; {@code HELD} while the lease of one that was opened alone runs; {@code FENCED} if
   *     this session has died; {@code REFUSED} past {@link HeadLimits#MAX_SESSIONS}
   */
  SessionGrant open(VolumeId volume, SessionId session, String holder, Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * As {@link #open}, for one that never shares the volume: nobody is asked to make room for it,
   * and it makes none.
   *
   * @throws HeadException {@code HELD} while another session's lease runs; {@code FENCED} if this
   *     session has died
   */
  SessionGrant openAlone(VolumeId volume, SessionId session, String holder, Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Extends the session's lease to its full length from now.
   *
   * @throws HeadException {@code FENCED} if the session is dead
   */
  Renewal renew(VolumeId volume, SessionId session, Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Makes an exclusive session a shared one. Everything that it has is committed.
   *
   * @param change one more than that of the session's last {@code share} or {@code claim}; the
   *     first is 1
   * @param locks what it holds, at most {@link HeadLimits#MAX_SESSION_LOCKS}; they do not exclude
   *     each other
   * @throws HeadException {@code FENCED}; {@code REFUSED} for a broken limit
   */
  void share(
      VolumeId volume, SessionId session, long change, List<VolumeLock> locks, Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Makes a shared session the exclusive one if no other lives and it has taken everything. Its
   * locks are its own affair from then on, and so are its waits for them.
   *
   * @param change as in {@link #share}
   * @param taken the last delta in the session's view
   * @return whether it is exclusive now
   * @throws HeadException {@code FENCED}
   */
  boolean claim(VolumeId volume, SessionId session, long change, long taken, Duration timeout)
      throws HeadException, InterruptedException;

  /** Ends a session in peace: its lease is free at once. Ending a dead one is fine. */
  void close(VolumeId volume, SessionId session, Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Commits transactions in order, each a numbered request of the session: {@code firstRequest},
   * {@code firstRequest + 1} and so on, starting with 1. A repeated number has its stored result.
   * When this returns, what was committed is durable; a shared session tells of it only when it is
   * released, which {@link News#released} says. Also renews the lease.
   *
   * @param acknowledged the client has the results of all requests up to this number; they may be
   *     forgotten
   * @throws HeadException {@code FENCED}; {@code FOLD_FIRST} past {@link
   *     HeadLimits#HARD_UNFOLDED_BYTES}; {@code STALE_CLAIMS} if a transaction rests on claims of a
   *     sweep before the last two; {@code REFUSED} for a gap in the numbers, a result that was
   *     acknowledged, or a broken limit. None of these uses a number
   */
  CommitResult commit(
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

  /**
   * Says that the session has taken deltas, and waits for news: deltas after those, or another
   * version.
   *
   * @param taken everything up to here is in the session's view, and in its kernel's; an exclusive
   *     session's word is not needed
   * @param knownVersion of the last news; 0 to be told at once
   * @param wait how long to wait for news; what there is then is told
   * @param timeout longer than {@code wait}
   * @throws HeadException {@code FENCED}; {@code REFUSED} if {@code taken} is not committed yet
   */
  News watch(
      VolumeId volume,
      SessionId session,
      long taken,
      long knownVersion,
      Duration wait,
      Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Takes, tests or gives back a lock of a shared session, with the rules of {@code fcntl(2)} and
   * {@code flock(2)}.
   *
   * @throws HeadException {@code FENCED}; {@code REFUSED} for an exclusive session, for a number
   *     that is acknowledged or too far beyond, and past {@link HeadLimits#MAX_SESSION_LOCKS},
   *     {@link HeadLimits#MAX_VOLUME_LOCKS} and {@link HeadLimits#MAX_LOCK_WAITS}
   */
  LockAnswer lock(VolumeId volume, SessionId session, LockRequest request, Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Ends a request for a lock, or prevents it if it was not executed yet.
   *
   * @return what it came to in the end: {@code Cancelled}, or what it came to before
   * @throws HeadException {@code FENCED}; {@code REFUSED} as {@link #lock}
   */
  LockAnswer cancelLock(VolumeId volume, SessionId session, long number, Duration timeout)
      throws HeadException, InterruptedException;

  /** Grants inode numbers; repeating a call that was executed wastes a range and harms nothing. */
  InodeRange grantInodes(VolumeId volume, SessionId session, int count, Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Takes the volume's fold token for this session, so that one session at a time folds; it expires
   * with the lease.
   *
   * @return whether this session has it now, and how far it may fold
   */
  FoldToken acquireFoldToken(VolumeId volume, SessionId session, Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Replaces the root by one that includes everything up to a sequence, and forgets the deltas up
   * to there. The new tree's blocks have their write-acks before this is called.
   *
   * @param expectedRoot the root that the fold started from
   * @param claimEpoch the oldest claim on a block of the new tree that is not in the old one;
   *     {@link Commit#NO_CLAIM} if nobody else can have opened a sweep meanwhile
   * @throws HeadException {@code OVERTAKEN} if the root is neither the expected nor the new one, or
   *     newer than {@code throughSequence}, or a snapshot was taken that this fold would pass;
   *     {@code REFUSED} if that is not committed yet; {@code STALE_CLAIMS}; {@code FENCED}
   */
  void fold(
      VolumeId volume,
      SessionId session,
      @Nullable Cid expectedRoot,
      Cid newRoot,
      long throughSequence,
      long claimEpoch,
      Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Bounds what a volume holds from now on. What it holds beyond stays, and commits that do not
   * grow it succeed. A session that was told a greater quota may use that up: what it took before
   * it hears of this is not lost.
   *
   * @throws HeadException {@code REFUSED} if the volume's key did not sign it; {@code OVERTAKEN} if
   *     its version is not the next one
   */
  void setQuota(SignedQuota quota, Duration timeout) throws HeadException, InterruptedException;
}
