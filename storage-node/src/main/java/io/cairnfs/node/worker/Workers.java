package io.cairnfs.node.worker;

import io.cairnfs.node.worker.WorkerState.Activity;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs workers, each on a virtual thread of its own, and knows how they are. Thread-safe. */
public final class Workers implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Workers.class);

  /** Long enough not to fill the log, short enough for an operator to see that a repair helped. */
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

  private final List<Running> running = new CopyOnWriteArrayList<>();

  public void start(Worker worker) {
    running.add(new Running(worker));
  }

  /** How the workers are, in the order in which they were started. */
  public List<WorkerState> states() {
    return running.stream().map(Running::state).toList();
  }

  /** Stops all workers in the middle of what they do, and waits until they have stopped. */
  @Override
  public void close() {
    running.forEach(Running::stop);
    for (Running one : running) {
      try {
        one.thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static final class Running {

    private final Worker worker;
    private final Thread thread;
    private volatile Activity activity = Activity.IDLE;
    private volatile String failure = "";
    private volatile boolean stopping;

    Running(Worker worker) {
      this.worker = worker;
      this.thread = Thread.ofVirtual().name("cairn-" + worker.name()).start(this::run);
    }

    WorkerState state() {
      Activity now = activity;
      return new WorkerState(
          worker.name(), now, now == Activity.FAILING ? failure : worker.progress());
    }

    /** The flag is set first: what the worker calls may swallow the interrupt. */
    void stop() {
      stopping = true;
      thread.interrupt();
    }

    private void run() {
      try {
        while (!stopping) {
          Duration wait = workOnce();
          if (!stopping) {
            Thread.sleep(wait);
          }
        }
      } catch (InterruptedException e) {
        log.debug("Stopped {}", worker.name());
      }
    }

    @SuppressWarnings(
        "CatchingUnchecked") // one fault must not end a worker for the life of the node
    private Duration workOnce() throws InterruptedException {
      activity = Activity.BUSY;
      try {
        Duration wait = worker.work();
        failure = "";
        activity = Activity.IDLE;
        return wait;
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        if (failure.isEmpty()) {
          log.warn("{} failed and will try again", worker.name(), e);
        }
        failure = e.toString();
        activity = Activity.FAILING;
        return AFTER_FAILURE;
      }
    }
  }
}
