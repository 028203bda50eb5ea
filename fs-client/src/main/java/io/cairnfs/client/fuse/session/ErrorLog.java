package io.cairnfs.client.fuse.session;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs failures of requests, a few a second at most, so that a bad hour does not fill the disk.
 * Thread-safe.
 */
public final class ErrorLog {

  private static final Logger LOG = LoggerFactory.getLogger(ErrorLog.class);
  private static final long WINDOW_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int PER_WINDOW = 5;

  private final AtomicLong window = new AtomicLong(Long.MIN_VALUE);
  private final AtomicLong inWindow = new AtomicLong();

  public void report(String what, Throwable reason) {
    long now = System.nanoTime() / WINDOW_NANOS;
    if (window.getAndSet(now) != now) {
      long before = inWindow.getAndSet(0);
      if (before > PER_WINDOW) {
        LOG.warn("{} more failures of requests were not logged", before - PER_WINDOW);
      }
    }
    if (inWindow.incrementAndGet() <= PER_WINDOW) {
      LOG.error("{}", what, reason);
    }
  }
}
