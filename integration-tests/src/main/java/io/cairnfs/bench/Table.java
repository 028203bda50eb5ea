package io.cairnfs.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Medians as a table in Markdown, each with its ratio to the base. */
final class Table {

  private static final String NOTHING = "-";

  private final Samples samples;
  private final List<String> targets;
  private final String base;

  /**
   * @param targets the columns
   * @param base the target that the others are compared with; may be none of the columns
   */
  Table(Samples samples, List<String> targets, String base) {
    this.samples = samples;
    this.targets = List.copyOf(targets);
    this.base = base;
  }

  /** The table; rows that no target has are left out. */
  String render() {
    List<List<String>> lines = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("row", "unit"));
    head.addAll(targets);
    head.add("spread");
    lines.add(head);
    for (Row row : Row.values()) {
      if (targets.stream().anyMatch(target -> samples.median(row, target).isPresent())) {
        lines.add(line(row));
      }
    }
    return layOut(lines);
  }

  private List<String> line(Row row) {
    List<String> cells = new ArrayList<>(List.of(row.label(), row.unit()));
    for (String target : targets) {
      cells.add(cell(row, target));
    }
    OptionalDouble spread =
        targets.stream()
            .map(target -> samples.spread(row, target))
            .flatMap(value -> value.isPresent() ? Stream.of(value) : Stream.empty())
            .max(Comparator.comparingDouble(OptionalDouble::getAsDouble))
            .orElse(OptionalDouble.empty());
    cells.add(
        spread.isPresent()
            ? String.format(Locale.ROOT, "%.0f %%", spread.getAsDouble() * 100)
            : NOTHING);
    return cells;
  }

  private String cell(Row row, String target) {
    OptionalDouble value = samples.median(row, target);
    if (value.isEmpty()) {
      return NOTHING;
    }
    OptionalDouble ratio = samples.ratio(row, target, base);
    boolean compared = ratio.isPresent() && !target.equals(base);
    return format(value.getAsDouble())
        + (compared ? String.format(Locale.ROOT, " (%s)", format(ratio.getAsDouble())) : "");
  }

  /** Three digits, without an exponent. */
  static String format(double value) {
    double size = Math.abs(value);
    int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static String layOut(List<List<String>> lines) {
    int columns = lines.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> line : lines) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      append(text, lines.get(i), widths);
      if (i == 0) {
        List<String> rule = new ArrayList<>();
        for (int width : widths) {
          rule.add("-".repeat(width));
        }
        append(text, rule, widths);
      }
    }
    return text.toString();
  }

  private static void append(StringBuilder text, List<String> cells, int[] widths) {
    text.append('|');
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      text.append(' ').append(cell).append(" ".repeat(widths[i] - cell.length())).append(" |");
    }
    text.append('\n');
  }
}
