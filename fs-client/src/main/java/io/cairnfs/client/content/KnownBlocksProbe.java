package io.cairnfs.client.content;

/**
 * Decides whether it pays to ask for a block before sending it. Asking costs a round trip; it saves
 * the bytes of what is copied again. So the first few large blocks are asked for, then as long as
 * some of the recent ones were known, and now and then one to notice when that changes.
 * Thread-safe.
 */
final class KnownBlocksProbe {

  /** Below this a round trip costs more than the bytes; packs are hardly ever known anyway. */
  private static final int MIN_BYTES = 512 << 10;

  private static final int ALWAYS_FIRST = 8;
  private static final int SAMPLE_EVERY = 16;

  /** Below this share of known blocks asking costs more than it saves. */
  private static final double WORTHWHILE_SHARE = 0.05;

  /** Weight of one answer in the moving average. */
  private static final double WEIGHT = 1.0 / 16;

  private long considered;
  private double knownShare;

  synchronized boolean isWorthAsking(int bytes) {
    if (bytes < MIN_BYTES) {
      return false;
    }
    considered++;
    return considered <= ALWAYS_FIRST
        || knownShare > WORTHWHILE_SHARE
        || considered % SAMPLE_EVERY == 0;
  }

  synchronized void answered(int asked, int known) {
    for (int i = 0; i < asked; i++) {
      knownShare += WEIGHT * ((i < known ? 1 : 0) - knownShare);
    }
  }
}
