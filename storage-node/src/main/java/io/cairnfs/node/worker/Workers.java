package io.cairnfs.node.worker;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * Runs workers, each on a virtual thread of its own, knows how they are, and has operators' orders
 * carried out, which outlive a restart. Thread-safe.
 */
public final class Workers implements AutoCloseable {

  private final List<RunningWorker> running = new CopyOnWriteArrayList<>();
  private final Orders orders;

  /** Workers whose orders end with the process. */
  public Workers() {
    this(Orders.forgetful());
  }

  public Workers(Orders orders) {
    this.orders = orders;
  }

  /** Starts a worker, as the last order for it says. */
  public void start(Worker worker) {
    running.add(RunningWorker.start(worker, orders.of(worker.name())));
  }

  /** How the workers are, in the order in which they were started. */
  public List<WorkerState> states() {
    return running.stream().map(RunningWorker::state).toList();
  }

  /**
   * How one of them is.
   *
   * @throws OrderException if there is no such worker
   */
  public WorkerState state(String name) throws OrderException {
    return find(name).state();
  }

  /**
   * Lets a worker rest, after the unit of work that it is at, or go on.
   *
   * @throws OrderException if there is no such worker
   * @throws IOException if the order cannot be kept; then it does not hold
   */
  public synchronized void pause(String name, boolean paused)
      throws OrderException, IOException, InterruptedException {
    give(find(name), orders.of(name).withPaused(paused));
  }

  /**
   * Bounds the bytes of a worker.
   *
   * @param bytesPerSecond {@link Throttle#UNBOUNDED} for its own rate
   * @throws OrderException if there is no such worker, or its bytes cannot be bounded
   * @throws IOException if the order cannot be kept; then it does not hold
   */
  public synchronized void throttle(String name, long bytesPerSecond)
      throws OrderException, IOException, InterruptedException {
    RunningWorker worker = find(name);
    if (!worker.isBounded()) {
      throw new OrderException(
          "worker '"
              + name
              + "' moves too few bytes to be throttled; pause it, or throttle one of "
              + names(running.stream().filter(RunningWorker::isBounded).toList()));
    }
    give(worker, orders.of(name).withRate(bytesPerSecond));
  }

  private void give(RunningWorker worker, Order order) throws IOException, InterruptedException {
    orders.keep(worker.name(), order);
    worker.obey(order);
  }

  private RunningWorker find(String name) throws OrderException {
    for (RunningWorker worker : running) {
      if (worker.name().equals(name)) {
        return worker;
      }
    }
    throw new OrderException("no worker '" + name + "' on this node; it has " + names(running));
  }

  private static String names(List<RunningWorker> workers) {
    return workers.isEmpty()
        ? "none"
        : workers.stream().map(RunningWorker::name).sorted().collect(Collectors.joining(", "));
  }

  /** Stops all workers in the middle of what they do, and waits until they have stopped. */
  @Override
  public void close() {
    running.forEach(RunningWorker::stop);
    try {
      for (RunningWorker worker : running) {
        worker.awaitEnd();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
