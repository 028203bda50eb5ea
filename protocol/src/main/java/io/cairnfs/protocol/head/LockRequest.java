package io.cairnfs.protocol.head;

import java.util.List;

/**
 * A request about a lock of a shared session.
 *
 * @param number drawn by the session in rising order; requests may be under way at the same time,
 *     and the same number has the same answer. 0 for a test, which needs none
 * @param acknowledged the session has had an answer to every request up to this one; at most {@link
 *     HeadLimits#LOCK_REQUEST_WINDOW} before {@code number}
 * @param settled requests that had to wait and whose outcome the session knows, so that they can be
 *     forgotten
 * @param inode the file
 * @param owner who asks, see {@link VolumeLock#owner}
 * @param kind which locks are in its way
 * @param start first byte, not negative
 * @param end last byte, inclusive
 * @param action what is asked for
 * @param mode what to do when something is in the way
 * @param pid process to report to others
 */
public record LockRequest(
    long number,
    long acknowledged,
    List<Long> settled,
    long inode,
    long owner,
    LockKind kind,
    long start,
    long end,
    Action action,
    Mode mode,
    int pid) {

  /** What is asked for. */
  public enum Action {
    READ,
    WRITE,
    UNLOCK
  }

  /** What to do when another lock is in the way. */
  public enum Mode {
    /** Only say whether one is, whatever the mode of the answer: nothing is locked. */
    TEST,
    /** Say so. */
    TRY,
    /** Wait until it is gone, behind those who wait already. */
    WAIT
  }

  public LockRequest {
    settled = List.copyOf(settled);
    if (start < 0 || end < start) {
      throw new IllegalArgumentException("no lock on the bytes " + start + " to " + end);
    }
  }
}
