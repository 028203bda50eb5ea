package io.cairnfs.client.namespace;

import io.cairnfs.protocol.head.HeadLimits;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folds on a thread of its own for as long as more is unfolded than should be, one fold at a time.
 * Thread-safe.
 */
final class BackgroundFold {

  private static final Logger LOG = LoggerFactory.getLogger(BackgroundFold.class);
  private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

  /** A fold. */
  @FunctionalInterface
  interface Fold {
    void run() throws NamespaceException, InterruptedException;
  }

  private final Life life;
  private final Fold fold;
  private final LongSupplier unfoldedBytes;
  private final AtomicReference<@Nullable Thread> running = new AtomicReference<>();
  private volatile boolean stopped;

  BackgroundFold(Life life, Fold fold, LongSupplier unfoldedBytes) {
    this.life = life;
    this.fold = fold;
    this.unfoldedBytes = unfoldedBytes;
  }

  /** Begins if there is reason to. */
  void startIfNeeded() {
    if (stopped || unfoldedBytes.getAsLong() < HeadLimits.SOFT_UNFOLDED_BYTES) {
      return;
    }
    Thread thread = Thread.ofVirtual().name("fold").unstarted(this::foldUntilDone);
    if (running.compareAndSet(null, thread)) {
      thread.start();
    }
  }

  private void foldUntilDone() {
    try {
      while (life.isOn()
          && !stopped
          && unfoldedBytes.getAsLong() >= HeadLimits.SOFT_UNFOLDED_BYTES) {
        try {
          fold.run(); // without a deadline: it begins anew if it does not come to its end
        } catch (NamespaceException e) {
          LOG.warn("A fold failed and is tried again: {}", e.getMessage());
          Thread.sleep(RETRY_PAUSE);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.error("Folding failed", e);
      life.die(new NamespaceException(NamespaceException.Reason.FENCED, "folding failed: " + e, e));
    } finally {
      running.set(null);
    }
  }

  /** Ends it. */
  void stop() {
    stopped = true;
    Thread thread = running.get();
    if (thread != null) {
      thread.interrupt();
    }
  }

  /** Ends it, and waits for its end. */
  void end() throws InterruptedException {
    stop();
    Thread thread = running.get();
    if (thread != null) {
      thread.join();
    }
  }
}
