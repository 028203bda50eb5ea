package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.transport.Limits;
import java.time.Duration;

/**
 * How patient and how generous a transport is. Immutable.
 *
 * @param connectTimeout for each address of a peer, TCP and handshakes together
 * @param handshakeTimeout how long a connection that was accepted may take to say who it is and to
 *     be admitted
 * @param pingAfter silence after which a peer is asked whether it lives
 * @param deadAfter silence after which a peer is held for dead
 * @param stallTimeout how long a peer may take no byte of what is sent to it, or leave a frame
 *     unfinished, while nobody waits for the memory that this holds
 * @param pressedStallTimeout the same while somebody waits
 * @param idleTimeout after which an unused connection is closed
 * @param lingerTime how long a connection whose peer was refused, or broke the protocol, stays open
 *     unread after the peer was told
 * @param requestBudgetBytes requests of all peers that are unfinished or unanswered
 * @param replyBudgetBytes replies to all peers that are made or not yet sent
 * @param maxConnections accepted connections, beyond which the oldest without a handshake goes, or
 *     else the new one
 * @param nativeIo whether epoll and BoringSSL are used if they are there
 */
public record TransportConfig(
    Duration connectTimeout,
    Duration handshakeTimeout,
    Duration pingAfter,
    Duration deadAfter,
    Duration stallTimeout,
    Duration pressedStallTimeout,
    Duration idleTimeout,
    Duration lingerTime,
    int requestBudgetBytes,
    int replyBudgetBytes,
    int maxConnections,
    boolean nativeIo) {

  /** A connection's share of the request budget, at least one frame. */
  private static final int WINDOWS_PER_BUDGET = 4;

  private static final int MIN_BUDGET_BYTES = 16 << 20;
  private static final int MAX_BUDGET_BYTES = 256 << 20;

  /** Part of the heap that each budget takes: both leave a small node most of its heap. */
  private static final int HEAP_PER_BUDGET = 8;

  public TransportConfig {
    if (requestBudgetBytes < FrameKind.MAX_FRAME_BYTES
        || replyBudgetBytes < FrameKind.MAX_FRAME_BYTES) {
      throw new IllegalArgumentException(
          "a budget holds at least one frame of " + FrameKind.MAX_FRAME_BYTES);
    }
    if (maxConnections < 1) {
      throw new IllegalArgumentException("a transport has at least one connection");
    }
  }

  /** The defaults, with budgets that follow from the heap's size. */
  public static TransportConfig defaults() {
    int budget =
        Math.clamp(
            Runtime.getRuntime().maxMemory() / HEAP_PER_BUDGET, MIN_BUDGET_BYTES, MAX_BUDGET_BYTES);
    return new TransportConfig(
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(4),
        Duration.ofSeconds(12),
        Duration.ofSeconds(10),
        Duration.ofSeconds(1),
        Duration.ofMinutes(10),
        Duration.ofSeconds(2),
        budget,
        budget,
        1024,
        true);
  }

  /** Bytes of unanswered requests that one connection may send. */
  int windowBytes() {
    return Math.max(FrameKind.MAX_FRAME_BYTES, requestBudgetBytes / WINDOWS_PER_BUDGET);
  }

  /** Requests in flight that one connection may send. */
  int windowRequests() {
    return Limits.MAX_IN_FLIGHT;
  }
}
