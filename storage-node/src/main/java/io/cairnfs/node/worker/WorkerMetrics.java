package io.cairnfs.node.worker;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** The figures of workers, each with the worker's name as a tag. */
public final class WorkerMetrics {

  private final MeterRegistry registry;
  private final Workers workers;

  private WorkerMetrics(MeterRegistry registry, Workers workers) {
    this.registry = registry;
    this.workers = workers;
  }

  /** Shows the workers that were started. */
  public static void bind(MeterRegistry registry, Workers workers) {
    WorkerMetrics metrics = new WorkerMetrics(registry, workers);
    workers.states().forEach(metrics::bind);
  }

  private void bind(WorkerState first) {
    String name = first.name();
    counter(name, "runs", "Units of work done.", WorkerState::runs);
    counter(name, "failures", "Units of work that failed.", WorkerState::failures);
    for (WorkerState.Activity activity : WorkerState.Activity.values()) {
      gauge(
          name,
          "state",
          "1 for what the worker does now, 0 for the rest.",
          tags(name).and("state", activity.name().toLowerCase(Locale.ROOT)),
          now -> now.activity() == activity ? 1 : 0);
    }
    if (first.tally().unit() != Tally.Unit.NOTHING) {
      String unit = first.tally().unit().name().toLowerCase(Locale.ROOT);
      counter(name, "done." + unit, "What was done.", now -> now.tally().done());
      gauge(name, "left." + unit, "What is left.", tags(name), now -> now.tally().left());
    }
    if (first.bound() != null) {
      counter(name, "moved.bytes", "Bytes moved.", now -> bound(now).spentBytes());
      gauge(
          name,
          "throttle.bytes.per.second",
          "What bounds the bytes moved; 0 for nothing.",
          tags(name),
          now -> bound(now).bytesPerSecond());
    }
  }

  private void counter(
      String worker, String name, String description, ToDoubleFunction<WorkerState> figure) {
    FunctionCounter.builder("cairn.worker." + name, worker, now -> figure.applyAsDouble(state(now)))
        .description(description)
        .tags(tags(worker))
        .register(registry);
  }

  private void gauge(
      String worker,
      String name,
      String description,
      Tags tags,
      ToDoubleFunction<WorkerState> figure) {
    Gauge.builder("cairn.worker." + name, () -> figure.applyAsDouble(state(worker)))
        .description(description)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  private static Tags tags(String worker) {
    return Tags.of("worker", worker);
  }

  private WorkerState state(String worker) {
    try {
      return workers.state(worker);
    } catch (OrderException e) {
      throw new IllegalStateException("a worker that was started does not go", e);
    }
  }

  private static WorkerState.Bound bound(WorkerState state) {
    return Objects.requireNonNull(state.bound(), "a worker can be bounded always or never");
  }
}
