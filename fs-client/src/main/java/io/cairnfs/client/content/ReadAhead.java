package io.cairnfs.client.content;

/**
 * Recognises that an open file is read in sequence and has the blocks ahead fetched, or that it is
 * read at random, when nothing is to be fetched but what is read. One per open handle; thread-safe,
 * never waits.
 *
 * <p>The window starts at one block and doubles with each step; it ends with the first read
 * elsewhere. The kernel sends the reads of one stream slightly out of order, so "in sequence"
 * allows for some slack.
 */
public final class ReadAhead {

  private static final long FIRST_WINDOW_BYTES = Segment.CHUNK_BYTES;

  /**
   * How far from the expected place a read still counts as the next one: what the kernel has in
   * flight at once.
   */
  private static final long SLACK_BYTES = 1 << 20;

  private final Prefetcher prefetcher;
  private final ExtentSource source;
  private final long maxWindow;

  /** Where the next read is expected; negative before the first. */
  private long expected = -1;

  private long window;
  private long fetchedTo;

  ReadAhead(Prefetcher prefetcher, ExtentSource source, long maxWindow) {
    this.prefetcher = prefetcher;
    this.source = source;
    this.maxWindow = maxWindow;
  }

  /**
   * Takes notice of a read of [offset, offset + length).
   *
   * @return whether it is far from where the last ones ended, or from the file's start if it is the
   *     first: what is next to it will probably not be read soon
   */
  synchronized boolean noticed(long offset, long length) {
    boolean far = Math.abs(offset - Math.max(0, expected)) > SLACK_BYTES;
    follow(offset, length);
    return far;
  }

  private void follow(long offset, long length) {
    long end = offset + length;
    if (!isNext(offset)) {
      window = 0;
      expected = end;
      fetchedTo = end;
      return;
    }
    expected = Math.max(expected, end);
    fetchedTo = Math.max(fetchedTo, end);
    if (maxWindow == 0 || fetchedTo - expected > window / 2) {
      return; // enough is under way
    }
    window = Math.min(maxWindow, window == 0 ? FIRST_WINDOW_BYTES : 2 * window);
    long until = expected + window;
    if (until > fetchedTo) {
      prefetcher.prefetch(source, fetchedTo, until);
      fetchedTo = until;
    }
  }

  /** Whether a read goes on where the last ones ended. The first one does not. */
  private boolean isNext(long offset) {
    if (expected < 0) {
      return false;
    }
    long slack = window == 0 ? 0 : SLACK_BYTES;
    return offset >= expected - slack && offset <= expected + slack;
  }
}
