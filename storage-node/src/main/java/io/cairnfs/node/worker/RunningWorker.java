package io.cairnfs.node.worker;

import io.cairnfs.node.worker.WorkerState.Activity;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One worker, its thread, and what it has come to. Thread-safe. */
final class RunningWorker {

  private static final Logger LOG = LoggerFactory.getLogger(RunningWorker.class);

  /** Long enough not to fill the log, short enough for an operator to see that a repair helped. */
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

  /** A worker that takes longer to end holds up the node's, and the log says where. */
  private static final Duration SLOW_END = Duration.ofSeconds(5);

  /** A failure with the time at which it was. */
  private record Failure(String message, long nanoTime) {}

  private final Worker worker;
  private final Trend trend = new Trend();
  private final Thread thread;
  private boolean paused;
  private boolean busy;
  private boolean failing;
  private long runs;
  private long failures;
  private @Nullable Failure lastFailure;
  private volatile boolean stopping;

  private RunningWorker(Worker worker, Order order) {
    this.worker = worker;
    this.thread = Thread.ofVirtual().name("cairn-" + worker.name()).unstarted(this::run);
    trend.sample(System.nanoTime(), worker.tally().done());
    obey(order);
  }

  static RunningWorker start(Worker worker, Order order) {
    RunningWorker running = new RunningWorker(worker, order);
    running.thread.start();
    return running;
  }

  String name() {
    return worker.name();
  }

  boolean isBounded() {
    return worker.throttle() != null;
  }

  synchronized void obey(Order order) {
    paused = order.paused();
    Throttle throttle = worker.throttle();
    if (throttle != null) {
      throttle.order(order.bytesPerSecond());
    }
    notifyAll();
  }

  WorkerState state() {
    Tally tally = worker.tally();
    String progress = worker.progress();
    Throttle throttle = worker.throttle();
    trend.sample(System.nanoTime(), tally.done());
    synchronized (this) {
      Failure failure = lastFailure;
      return new WorkerState(
          worker.name(),
          activity(),
          failing && failure != null ? failure.message() : progress,
          tally,
          trend.perSecond(),
          throttle == null
              ? null
              : new WorkerState.Bound(
                  throttle.rate(),
                  throttle.orderedRate() != Throttle.UNBOUNDED,
                  throttle.spentBytes()),
          runs,
          failures,
          failure == null
              ? null
              : new WorkerState.LastError(
                  failure.message(),
                  Duration.ofNanos(System.nanoTime() - failure.nanoTime()).toMillis()));
    }
  }

  private Activity activity() {
    if (busy) {
      return Activity.BUSY;
    }
    if (paused) {
      return Activity.PAUSED;
    }
    if (failing) {
      return Activity.FAILING;
    }
    return debt().isZero() ? Activity.IDLE : Activity.THROTTLED;
  }

  private Duration debt() {
    Throttle throttle = worker.throttle();
    return throttle == null ? Duration.ZERO : throttle.debt();
  }

  /** The flag is set first: what the worker calls may swallow the interrupt. */
  void stop() {
    stopping = true;
    thread.interrupt();
  }

  void awaitEnd() throws InterruptedException {
    if (!thread.join(SLOW_END)) {
      LOG.warn(
          "{} does not end yet: it is at {}",
          worker.name(),
          Arrays.toString(thread.getStackTrace()));
      thread.join();
    }
  }

  private void run() {
    try {
      Duration wait = Duration.ZERO;
      while (!stopping) {
        rest(wait);
        wait = workOnce();
      }
    } catch (InterruptedException e) {
      LOG.debug("Stopped {}", worker.name());
    }
  }

  /** Waits at least so long, and while it is paused or owes bytes, which orders may change. */
  private synchronized void rest(Duration wait) throws InterruptedException {
    long end = System.nanoTime() + wait.toNanos();
    while (!stopping) {
      long left = Math.max(end - System.nanoTime(), debt().toNanos());
      if (paused) {
        wait();
      } else if (left > 0) {
        wait(left / 1_000_000, (int) (left % 1_000_000));
      } else {
        return;
      }
    }
    throw new InterruptedException();
  }

  @SuppressWarnings("CatchingUnchecked") // one fault must not end a worker for the node's life
  private Duration workOnce() throws InterruptedException {
    begin();
    try {
      Duration wait = worker.work();
      end(null);
      return wait;
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      if (!isFailing()) {
        LOG.warn("{} failed and will try again", worker.name(), e);
      }
      end(new Failure(e.toString(), System.nanoTime()));
      return AFTER_FAILURE;
    } finally {
      trend.sample(System.nanoTime(), worker.tally().done());
    }
  }

  private synchronized void begin() {
    busy = true;
  }

  private synchronized boolean isFailing() {
    return failing;
  }

  private synchronized void end(@Nullable Failure failure) {
    busy = false;
    runs++;
    failing = failure != null;
    if (failure != null) {
      failures++;
      lastFailure = failure;
    }
  }
}
