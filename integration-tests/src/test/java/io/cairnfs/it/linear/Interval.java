package io.cairnfs.it.linear;

/**
 * An operation, and between which moments it took effect, if it did. Moments are nanoseconds of one
 * clock.
 *
 * @param end {@link #NEVER} if the answer is not known: it may take effect at any time from {@code
 *     start} on, or not at all
 */
public record Interval<O>(O operation, long start, long end) {

  /** The end of what has no known answer. */
  public static final long NEVER = Long.MAX_VALUE;

  public Interval {
    if (end < start) {
      throw new IllegalArgumentException(operation + " ends before it starts");
    }
  }

  boolean isComplete() {
    return end != NEVER;
  }
}
