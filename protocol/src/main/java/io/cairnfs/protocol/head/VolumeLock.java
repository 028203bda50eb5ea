package io.cairnfs.protocol.head;

/**
 * A lock that is held.
 *
 * @param session by which mount
 * @param inode on which file
 * @param owner who holds it there: of two locks with the same session, file, owner and kind the
 *     later one replaces the earlier
 * @param kind which locks it excludes
 * @param start first byte, not negative
 * @param end last byte, inclusive, as FUSE has it; {@link Long#MAX_VALUE} for the end of the file
 * @param write whether it excludes all others, not only those that do the same
 * @param pid process to report
 */
public record VolumeLock(
    SessionId session,
    long inode,
    long owner,
    LockKind kind,
    long start,
    long end,
    boolean write,
    int pid) {

  public VolumeLock {
    if (start < 0 || end < start) {
      throw new IllegalArgumentException("no lock on the bytes " + start + " to " + end);
    }
  }

  /** Whether both have one owner, who never excludes himself. */
  public boolean sameOwner(VolumeLock other) {
    return owner == other.owner && session.equals(other.session);
  }
}
