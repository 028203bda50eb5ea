package io.cairnfs.protocol.head;

import java.time.Duration;

/**
 * The snapshots of volumes, at their heads, and what is made of them: whatever the size of a
 * volume, each of these is one entry of the head's log.
 *
 * <p>As with {@link Head}, every method may block for at most {@code timeout} and is safe to
 * repeat. Thread-safe.
 */
public interface Snapshots {

  /**
   * Records a snapshot of everything that is committed. It has its root at once if nothing is
   * unfolded; else folds end at its sequence until one has given it.
   *
   * @throws HeadException {@code EXISTS} if the volume has one of this name; {@code REFUSED} if it
   *     has {@link HeadLimits#MAX_SNAPSHOTS}, or was never mounted
   */
  Snapshot create(VolumeId volume, NewSnapshot wanted, Duration timeout)
      throws HeadException, InterruptedException;

  /** The volume's snapshots and their schedule. */
  SnapshotList list(VolumeId volume, Duration timeout) throws HeadException, InterruptedException;

  /** Forgets a snapshot, if it is there: nothing keeps what only it refers to any more. */
  void delete(VolumeId volume, long serial, Duration timeout)
      throws HeadException, InterruptedException;

  /** When snapshots are made from now on; those that a schedule made before obey the new rules. */
  void setSchedule(VolumeId volume, SnapshotSchedule schedule, Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Founds a volume whose history begins with a tree that is there already.
   *
   * @throws HeadException as {@link Head#found}
   */
  void foundOn(Founding founding, TreeOrigin origin, Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Opens a session as {@link Head#open} does, and ends every other session of the volume at once,
   * for good: what they had not committed is lost.
   */
  SessionGrant seize(VolumeId volume, SessionId session, String holder, Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Makes another tree the volume's root, as the next step of its history. Nobody else may have the
   * volume open, and all of it is folded, so that nothing is lost that has no name.
   *
   * @param expectedSequence where the history is
   * @throws HeadException {@code REFUSED} if another session is open, or something is unfolded;
   *     {@code OVERTAKEN} if the history is elsewhere; {@code FENCED}
   */
  void restore(
      VolumeId volume,
      SessionId session,
      long expectedSequence,
      TreeOrigin origin,
      Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * Asks every session whose lease runs to commit what it has in memory, so that a snapshot has it.
   * Not logged: a session that does not hear of it loses nothing.
   *
   * @param wait how long to wait for them
   * @return whether all have done so
   */
  boolean drain(VolumeId volume, Duration wait, Duration timeout)
      throws HeadException, InterruptedException;

  /**
   * What a session asks, again and again, to learn of {@link #drain}.
   *
   * @param drained the last wish that it has fulfilled; 0 for none
   * @param wait how long to wait for a later one
   * @return the last wish that there is; 0 for none
   */
  long awaitDrain(VolumeId volume, SessionId session, long drained, Duration wait, Duration timeout)
      throws HeadException, InterruptedException;
}
