package io.cairnfs.protocol.transport.netty;

import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs refused connections, but not so many that strangers can fill a disk. Thread-safe. */
final class RefusalLog {

  private static final long INTERVAL_NANOS = 1_000_000_000L;

  private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);

  private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());
  private final AtomicLong unlogged = new AtomicLong();

  void refused(@Nullable SocketAddress address, String reason) {
    long now = System.nanoTime();
    long next = nextNanos.get();
    if (now - next < 0 || !nextNanos.compareAndSet(next, now + INTERVAL_NANOS)) {
      unlogged.incrementAndGet();
      return;
    }
    LOG.info(
        "Refused a connection from {}: {} ({} more since the last such line)",
        address,
        reason,
        unlogged.getAndSet(0));
  }
}
