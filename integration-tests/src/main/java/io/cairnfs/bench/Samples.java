package io.cairnfs.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** What was measured: for each row and target one value a round. Not thread-safe. */
final class Samples {

  private record Cell(Row row, String target) {}

  private final Map<Cell, List<Double>> cells = new HashMap<>();

  void add(Row row, String target, double value) {
    cells.computeIfAbsent(new Cell(row, target), key -> new ArrayList<>()).add(value);
  }

  List<Double> of(Row row, String target) {
    return Collections.unmodifiableList(cells.getOrDefault(new Cell(row, target), List.of()));
  }

  /** The median, of an even number the mean of the middle two; empty if there is no value. */
  OptionalDouble median(Row row, String target) {
    List<Double> sorted = of(row, target).stream().sorted().toList();
    if (sorted.isEmpty()) {
      return OptionalDouble.empty();
    }
    int upper = sorted.size() / 2;
    int lower = (sorted.size() - 1) / 2;
    return OptionalDouble.of((sorted.get(lower) + sorted.get(upper)) / 2);
  }

  /**
   * How many times as good as the base a target is; 2 is twice as fast, or half the cost. Empty if
   * a value is missing or not positive, or the row is no competition.
   */
  OptionalDouble ratio(Row row, String target, String base) {
    OptionalDouble value = median(row, target);
    OptionalDouble other = median(row, base);
    if (value.isEmpty()
        || other.isEmpty()
        || value.getAsDouble() <= 0
        || other.getAsDouble() <= 0) {
      return OptionalDouble.empty();
    }
    double quotient = value.getAsDouble() / other.getAsDouble();
    return switch (row.better()) {
      case HIGHER -> OptionalDouble.of(quotient);
      case LOWER -> OptionalDouble.of(1 / quotient);
      case NEITHER -> OptionalDouble.empty();
    };
  }

  /** The distance of the extremes in parts of the median; empty with less than two values. */
  OptionalDouble spread(Row row, String target) {
    List<Double> values = of(row, target);
    double median = median(row, target).orElse(0);
    if (values.size() < 2 || median == 0) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of((Collections.max(values) - Collections.min(values)) / median);
  }
}
