package io.cairnfs.client.sweep;

import io.cairnfs.client.wait.BackgroundLoop;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.SessionId;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a mounted volume be swept from time to time, as long as it changes. Of several mounts one
 * sweeps at a time, and the others leave it to that one.
 */
public final class SweepWorker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SweepWorker.class);

  /** What becomes garbage before one sweep goes with the second after it. */
  private static final int SWEEPS_AFTER_CHANGE = 2;

  /**
   * Nodes that copy garbage to each other, before they know what it is, claim it anew: as long as
   * some is found, so many sweeps more are made.
   */
  private static final int MAX_SWEEPS_AFTER_CHANGE = 6;

  private final Sweeper sweeper;
  private final Supplier<@Nullable SessionId> session;
  private final Duration interval;
  private final BackgroundLoop loop;
  private long sweptSequence;

  /** Sweeps that are left; at first nobody knows what was done before. */
  private int due = SWEEPS_AFTER_CHANGE;

  private int sinceChange;

  /**
   * @param session the mount's; null while it has none
   * @param interval between two sweeps; nothing is swept if it is zero
   */
  public SweepWorker(Sweeper sweeper, Supplier<@Nullable SessionId> session, Duration interval) {
    this.sweeper = sweeper;
    this.session = session;
    this.interval = interval;
    this.loop =
        new BackgroundLoop(
            "cairn-sweep",
            () -> {
              sweepIfDue();
              return interval;
            });
  }

  /** Begins; the first sweep is an interval away. */
  public void start() {
    if (interval.isPositive()) {
      loop.start(interval);
    }
  }

  @SuppressWarnings("CatchingUnchecked") // one fault must not end it for the life of the mount
  private void sweepIfDue() throws InterruptedException {
    SessionId id = session.get();
    if (id == null) {
      return;
    }
    try {
      long sequence = sweeper.sequence();
      if (sequence != sweptSequence) {
        due = SWEEPS_AFTER_CHANGE;
        sinceChange = 0;
      }
      if (due > 0) {
        SweepReport report = sweeper.sweep(id);
        sweptSequence = sequence;
        sinceChange++;
        boolean foundSome = report.deadReplicas() > 0 && sinceChange < MAX_SWEEPS_AFTER_CHANGE;
        due = foundSome ? Math.max(due - 1, 1) : due - 1;
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (HeadException e) {
      LOG.debug("the volume is swept later: {}", e.getMessage());
    } catch (Exception e) {
      LOG.warn("the volume could not be swept, and is later: {}", e.toString());
    }
  }

  /** Stops in the middle of what it does, which harms nothing, and waits until it has stopped. */
  @Override
  public void close() {
    loop.close();
  }
}
