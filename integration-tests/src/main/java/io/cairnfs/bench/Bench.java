package io.cairnfs.bench;

import io.cairnfs.bench.load.Payload;
import io.cairnfs.bench.system.ProcessFigures;
import io.cairnfs.bench.system.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the suite on targets in turn, round by round, so that what drifts on the machine hits all
 * alike. Only one target is up at a time.
 */
final class Bench {

  private final Settings settings;
  private final Path archive;
  private final Caches caches;
  private final Payload payload;
  private final Consumer<String> progress;
  private final List<String> failures = new ArrayList<>();
  private final AtomicReference<@Nullable Target> current = new AtomicReference<>();

  /** Takes the values of a round. */
  @FunctionalInterface
  interface Results {
    void add(Row row, String target, int round, double value);
  }

  /**
   * @param archive of the source tree
   * @param progress gets a line for each step
   */
  Bench(Settings settings, Path archive, Caches caches, Consumer<String> progress) {
    this.settings = settings;
    this.archive = archive;
    this.caches = caches;
    this.payload = new Payload(settings.seed());
    this.progress = progress;
  }

  /** Measures; what fails is told by {@link #failures} and has no values. */
  void run(List<Target> targets, int rounds, Results results) throws InterruptedException {
    for (int round = 1; round <= rounds; round++) {
      for (Target target : targets) {
        int number = round;
        String name = "round " + round + " of " + rounds + ", " + target.name();
        turn(
            settings, target, name, (row, value) -> results.add(row, target.name(), number, value));
      }
    }
  }

  /** Runs the loops of this JVM until they are compiled, on a target that is not judged by that. */
  void warmUp(Target target, Settings little) throws InterruptedException {
    turn(little, target, "warming up on " + target.name(), (row, value) -> {});
  }

  /** What went wrong, in order. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Takes down what is up, when the benchmark is interrupted; from another thread. */
  void stop() throws IOException, InterruptedException {
    Target target = current.getAndSet(null);
    if (target != null) {
      target.down();
    }
  }

  private void turn(Settings amounts, Target target, String name, Suite.Sink sink)
      throws InterruptedException {
    current.set(target);
    try (Phases phases = new Phases(amounts.phaseCap())) {
      progress.accept(name + ": starting");
      target.up();
      Suite suite = new Suite(amounts, payload, archive, caches, target, phases, sink);
      recordMemory(Row.MEMORY_IDLE, target, sink);
      for (Row.Group group : Row.Group.values()) {
        if (group != Row.Group.ALWAYS && amounts.groups().contains(group)) {
          progress.accept(name + ": " + Names.of(group));
          runGroup(suite, group, name);
        }
      }
      recordMemory(Row.MEMORY_END, target, sink);
      sink.record(Row.OTHER_CPU, suite.othersCores());
    } catch (IOException | Phases.OverdueException e) {
      failures.add(name + ": " + e.getMessage());
    } finally {
      takeDown(name);
    }
  }

  private void runGroup(Suite suite, Row.Group group, String name)
      throws InterruptedException, Phases.OverdueException {
    try {
      suite.run(group);
    } catch (IOException e) {
      failures.add(name + ", " + Names.of(group) + ": " + e.getMessage());
    }
  }

  private void takeDown(String name) throws InterruptedException {
    try {
      stop();
    } catch (IOException e) {
      failures.add(name + ": taking it down: " + e.getMessage());
    }
  }

  private static void recordMemory(Row row, Target target, Suite.Sink sink)
      throws IOException, InterruptedException {
    double mebibytes = ProcessFigures.memoryMebibytes(target.processes());
    if (mebibytes > 0) {
      sink.record(row, mebibytes);
    }
  }
}
