package io.cairnfs.bench;

import io.cairnfs.bench.system.ProcessFigures;
import io.cairnfs.bench.system.Target;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;

/** Watches who uses the processors while something is measured on a target. Not thread-safe. */
final class Meter {

  private static final double NANOS = 1e9;

  private final Target target;
  private double measuredSeconds;
  private double othersCpuSeconds;

  /**
   * What was measured.
   *
   * @param result of the work
   * @param cpuSeconds used by the target's processes meanwhile; empty if it has none
   */
  record Span<T>(T result, OptionalDouble cpuSeconds) {}

  Meter(Target target) {
    this.target = target;
  }

  <T> Span<T> measure(Callable<T> work) throws Exception {
    List<Long> self = List.of(ProcessHandle.current().pid());
    boolean hasProcesses = !target.processes().isEmpty();
    double ofTarget = target.cpuSeconds();
    double ofSelf = ProcessFigures.cpuSeconds(self);
    double ofAll = ProcessFigures.machineCpuSeconds();
    long start = System.nanoTime();
    T result = work.call();
    measuredSeconds += (System.nanoTime() - start) / NANOS;
    ofAll = ProcessFigures.machineCpuSeconds() - ofAll;
    ofSelf = ProcessFigures.cpuSeconds(self) - ofSelf;
    ofTarget = target.cpuSeconds() - ofTarget;
    othersCpuSeconds += ofAll - ofSelf - ofTarget;
    return new Span<>(result, hasProcesses ? OptionalDouble.of(ofTarget) : OptionalDouble.empty());
  }

  /** How many processors others used, on average while something was measured. */
  double othersCores() {
    return measuredSeconds == 0 ? 0 : Math.max(0, othersCpuSeconds / measuredSeconds);
  }
}
