package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Watches one connection for a peer that stops reading, leaves a frame unfinished, is silent, or is
 * not needed any more. Patience is short while others wait for the memory that such a peer holds.
 * Event loop only.
 */
final class Vigil {

  /** The slowest link that is served, over and above the patience for a stalled one. */
  private static final long SLOWEST_BYTES_PER_SECOND = 64 << 10;

  /** The same while others wait for memory. */
  private static final long SLOWEST_PRESSED_BYTES_PER_SECOND = 1 << 20;

  /**
   * A peer asks whether this side lives about as often as this side asks; a burst of such questions
   * has another aim.
   */
  private static final Duration MIN_PING_INTERVAL = Duration.ofMillis(100);

  private final TransportConfig config;
  private final PeerShares shares;
  private final FrameDecoder decoder;
  private final Outbox outbox;
  private long usedNanos;
  private long pingedNanos;
  private long peerPingedNanos;

  Vigil(
      TransportConfig config,
      PeerShares shares,
      FrameDecoder decoder,
      Outbox outbox,
      long nowNanos) {
    this.config = config;
    this.shares = shares;
    this.decoder = decoder;
    this.outbox = outbox;
    usedNanos = nowNanos;
    pingedNanos = nowNanos;
    peerPingedNanos = nowNanos - MIN_PING_INTERVAL.toNanos();
  }

  /** A request came. */
  void used(long nowNanos) {
    usedNanos = nowNanos;
  }

  /** A ping came: whether it came too soon after the one before. */
  boolean isTooSoonToPing(long nowNanos) {
    boolean soon = nowNanos - peerPingedNanos < MIN_PING_INTERVAL.toNanos();
    peerPingedNanos = nowNanos;
    return soon;
  }

  static WireException stalled() {
    return new WireException(WireError.UNREACHABLE, "the peer does not read what is sent to it");
  }

  /** Why the connection should end now; null if it should not. */
  @Nullable WireException complaint(long nowNanos, boolean busy) {
    if (outbox.isStalled(nowNanos, patience(shares.replies()).toNanos())) {
      return stalled();
    }
    long slowest =
        shares.requests().isContended()
            ? SLOWEST_PRESSED_BYTES_PER_SECOND
            : SLOWEST_BYTES_PER_SECOND;
    if (decoder.isStalled(nowNanos, patience(shares.requests()).toNanos(), slowest)) {
      return new WireException(WireError.TIMEOUT, "a frame was left unfinished");
    }
    if (!decoder.isWaiting() && nowNanos - decoder.lastReadNanos() > config.deadAfter().toNanos()) {
      return new WireException(WireError.UNREACHABLE, "the peer is silent");
    }
    if (busy || outbox.hasCalls()) {
      usedNanos = nowNanos;
    } else if (nowNanos - usedNanos > config.idleTimeout().toNanos()) {
      return new WireException(WireError.UNREACHABLE, "the connection was idle");
    }
    return null;
  }

  private Duration patience(FairBudget budget) {
    return budget.isContended() ? config.pressedStallTimeout() : config.stallTimeout();
  }

  /** The ping to send after some silence; null if there was none. */
  byte @Nullable [] ping(long nowNanos) {
    long pingAfter = config.pingAfter().toNanos();
    if (decoder.isWaiting()
        || nowNanos - decoder.lastReadNanos() <= pingAfter
        || nowNanos - pingedNanos <= pingAfter) {
      return null;
    }
    pingedNanos = nowNanos;
    return FrameEncoder.encode(FrameKind.PING, 0, null, List.of());
  }
}
