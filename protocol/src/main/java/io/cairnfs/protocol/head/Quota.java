package io.cairnfs.protocol.head;

/**
 * Bounds on what a volume holds; {@link #UNBOUNDED} for none.
 *
 * @param bytes logical bytes allocated to files, more than 0
 * @param inodes number of inodes, more than 0
 */
public record Quota(long bytes, long inodes) {

  public static final long UNBOUNDED = Long.MAX_VALUE;

  public static final Quota NONE = new Quota(UNBOUNDED, UNBOUNDED);

  public Quota {
    if (bytes <= 0 || inodes <= 0) {
      throw new IllegalArgumentException("no quota of " + bytes + " bytes, " + inodes + " inodes");
    }
  }

  /** Whether a volume may change so. What does not grow is admitted, however much there is. */
  public boolean admits(Usage held, Usage change) {
    return (change.bytes() <= 0 || held.bytes() + change.bytes() <= bytes)
        && (change.inodes() <= 0 || held.inodes() + change.inodes() <= inodes);
  }

  /** What both admit and what one of them does. */
  public Quota orElse(Quota other) {
    return new Quota(Math.max(bytes, other.bytes), Math.max(inodes, other.inodes));
  }
}
