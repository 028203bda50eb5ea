package io.cairnfs.node.admin;

import io.cairnfs.node.worker.Trend;
import io.cairnfs.node.worker.Worker;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Measures how fast the number of missing replicas falls, to say when it will be none. */
public final class Backlog implements Worker {

  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private final LongSupplier missing;
  private final LongSupplier nanoTime;
  private final Trend trend = new Trend();

  public Backlog(LongSupplier missing) {
    this(missing, System::nanoTime);
  }

  /**
   * @param missing how many replicas are
   */
  Backlog(LongSupplier missing, LongSupplier nanoTime) {
    this.missing = missing;
    this.nanoTime = nanoTime;
  }

  @Override
  public String name() {
    return "backlog";
  }

  @Override
  public String progress() {
    return "measures how fast missing replicas come back";
  }

  @Override
  public Duration work() {
    trend.sample(nanoTime.getAsLong(), missing.getAsLong());
    return INTERVAL;
  }

  /** How many replicas are missing. */
  long missing() {
    return missing.getAsLong();
  }

  /** In how many seconds none is missing; empty if that is not known. */
  OptionalLong secondsLeft() {
    return Trend.secondsFor(missing(), -trend.perSecond());
  }
}
