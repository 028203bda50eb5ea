package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.transport.WireError;

/**
 * Counts what a peer sends that no correct peer sends, or not often: a request that cannot be
 * answered costs as much as one that can. Whoever sends more than an allowance is read from no
 * faster than the allowance grows. Thread-safe.
 */
final class FaultMeter {

  /** Mistakes of a peer of another version, or of one whose disk flips bits, are forgiven. */
  private static final int BURST = 32;

  private static final int PER_SECOND = 4;

  private double allowed = BURST;
  private long refilledNanos;

  FaultMeter(long nowNanos) {
    refilledNanos = nowNanos;
  }

  /** Whether this failure is the requester's fault. */
  static boolean isFault(WireError error) {
    return switch (error) {
      case MALFORMED, UNKNOWN_METHOD, TOO_LARGE, WRONG_HASH -> true;
      case INTERNAL,
          VERSION,
          NOT_ADMITTED,
          BUSY,
          TIMEOUT,
          UNREACHABLE,
          WRONG_IDENTITY,
          CLOSING,
          NOT_FOUND,
          NO_SPACE,
          CORRUPT,
          STORE_FAILED,
          PINNED,
          BAD_RANGE,
          UNKNOWN_VOLUME,
          FENCED,
          HELD,
          REFUSED,
          OVERTAKEN,
          EXISTS,
          FOLD_FIRST,
          RECALLING,
          NOT_LEADER,
          STALE_CLAIMS,
          MOVED ->
          false;
    };
  }

  synchronized void charge() {
    allowed--;
  }

  /** Whether the peer has used up its allowance. */
  synchronized boolean isExhausted(long nowNanos) {
    allowed = Math.min(BURST, allowed + (nowNanos - refilledNanos) * PER_SECOND / 1e9);
    refilledNanos = nowNanos;
    return allowed < 1;
  }
}
