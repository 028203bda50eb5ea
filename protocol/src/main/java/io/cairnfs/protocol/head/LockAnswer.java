package io.cairnfs.protocol.head;

/** What a request about a lock came to. */
public sealed interface LockAnswer {

  /**
   * It is held, or gone, or nothing is in its way.
   *
   * @param sequence the volume's sequence then: who takes all deltas up to it sees what earlier
   *     holders wrote
   */
  record Granted(long sequence) implements LockAnswer {}

  /** This one is in the way. */
  record Conflict(VolumeLock holder) implements LockAnswer {}

  /** It waits. {@link News#grantedLocks} or a repetition will tell that it was granted. */
  record Waiting() implements LockAnswer {}

  /** Waiting would never end: somebody in the way waits for this owner. */
  record Deadlock() implements LockAnswer {}

  /** It was cancelled before it was granted. */
  record Cancelled() implements LockAnswer {}
}
