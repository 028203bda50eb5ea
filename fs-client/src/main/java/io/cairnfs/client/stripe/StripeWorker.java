package io.cairnfs.client.stripe;

import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.client.wait.BackgroundLoop;
import io.cairnfs.client.wait.Deadline;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a {@link Striper} work within its budget, on one thread: after each step it sleeps for as
 * long as the budget wants. Says in the log what was done, and why nothing is.
 */
public final class StripeWorker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StripeWorker.class);
  private static final Duration IDLE = Duration.ofSeconds(1);

  private final Striper striper;
  private final StripeSettings settings;
  private final Supplier<?> change;
  private final Duration timeout;
  private final BackgroundLoop loop;
  private long nextWalkNanos;
  private @Nullable Object walked;
  private long loggedBytes;
  private String complaint = "";

  /**
   * @param change equal to what it was before if nothing was written meanwhile
   * @param timeout bounds a step
   */
  public StripeWorker(
      Striper striper, StripeSettings settings, Supplier<?> change, Duration timeout) {
    this.striper = striper;
    this.settings = settings;
    this.change = change;
    this.timeout = timeout;
    this.loop = new BackgroundLoop("cairn-stripe", this::workOnce);
  }

  /** Begins; the first walk is some minutes away. */
  public void start() {
    nextWalkNanos = System.nanoTime() + settings.startPause().toNanos();
    loop.start(Duration.ZERO);
  }

  @SuppressWarnings("CatchingUnchecked") // one fault must not end it for the life of the mount
  private Duration workOnce() throws InterruptedException {
    try {
      Striper.Step step = Deadline.<Striper.Step, Exception>await(timeout, this::step);
      report(step);
      complaint = "";
      return step.kind() == Striper.Kind.IDLE
          ? IDLE
          : BackgroundLoop.pause(step.bytes(), settings.bytesPerSecond());
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      walked = null;
      nextWalkNanos = System.nanoTime() + settings.startPause().toNanos();
      complain(String.valueOf(e.getMessage()));
      LOG.debug("Putting blocks into stripes failed and goes on later", e);
      return IDLE;
    }
  }

  /** Once, until it changes. */
  private void complain(String why) {
    if (!why.equals(complaint)) {
      complaint = why;
      LOG.warn("no block is put into a stripe for now: {}", why);
    }
  }

  private Striper.Step step() throws NamespaceException, BlockException, InterruptedException {
    Object now = change.get();
    boolean due = System.nanoTime() - nextWalkNanos >= 0;
    Striper.Step step = striper.step(due && (striper.sawYoung() || !Objects.equals(now, walked)));
    if (step.kind() == Striper.Kind.WALKED) {
      walked = now;
      nextWalkNanos = System.nanoTime() + settings.scanPause().toNanos();
    }
    return step;
  }

  private void report(Striper.Step step) {
    if (step.kind() != Striper.Kind.WORKED && striper.stripedBytes() != loggedBytes) {
      loggedBytes = striper.stripedBytes();
      LOG.info(
          "put into stripes so far: {} bytes; programs were faster {} times",
          loggedBytes,
          striper.lostRaces());
    }
  }

  /** Stops in the middle of what it does, which harms nothing, and waits until it has stopped. */
  @Override
  public void close() {
    loop.close();
  }
}
