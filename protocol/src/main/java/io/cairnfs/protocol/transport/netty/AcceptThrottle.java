package io.cairnfs.protocol.transport.netty;

import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how many connections a listening socket accepts in a second: a handshake costs a
 * millisecond or more of CPU, and those who only connect shall not take it from those who are
 * served. The others wait in the kernel's backlog. Confined to the listening channel's event loop.
 */
final class AcceptThrottle {

  /** So many handshakes delay those who share their event loop by a tenth of a second. */
  private static final int BURST = 32;

  /** A tenth of a core or two. */
  private static final int PER_SECOND = 100;

  private static final long PAUSE_MILLIS = 50;

  private final Channel listening;
  private double allowed = BURST;
  private long refilledNanos = System.nanoTime();

  AcceptThrottle(Channel listening) {
    this.listening = listening;
  }

  /** A connection was accepted. */
  void accepted() {
    long now = System.nanoTime();
    allowed = Math.min(BURST, allowed + (now - refilledNanos) * PER_SECOND / 1e9) - 1;
    refilledNanos = now;
    if (allowed < 1 && listening.config().isAutoRead()) {
      listening.config().setAutoRead(false);
      var unused =
          listening.eventLoop().schedule(this::resume, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void resume() {
    listening.config().setAutoRead(true);
  }
}
