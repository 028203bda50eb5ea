package io.cairnfs.client.cli;

import io.cairnfs.protocol.head.SnapshotSchedule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Schedules of snapshots as the user writes them: {@code 1h}, and {@code 24h:1h,7d:1d}. */
final class ScheduleText {

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})([smhdw])");

  private ScheduleText() {}

  /**
   * @throws IllegalArgumentException if it is none
   */
  static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no time, such as 30m, 12h, 7d or 4w");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      default -> Duration.ofDays(7 * number);
    };
  }

  /**
   * @throws IllegalArgumentException if it is no list of rules
   */
  static List<SnapshotSchedule.Keep> keep(String text) {
    List<SnapshotSchedule.Keep> rules = new ArrayList<>();
    for (String rule : text.split(",", -1)) {
      String[] parts = rule.split(":", -1);
      if (parts.length != 2) {
        throw new IllegalArgumentException(
            "'" + rule + "' is no rule: 7d:1d keeps one of each day for seven days");
      }
      rules.add(new SnapshotSchedule.Keep(duration(parts[0]), duration(parts[1])));
    }
    return rules;
  }

  static String format(Duration time) {
    long seconds = time.toSeconds();
    if (seconds % Duration.ofDays(1).toSeconds() == 0) {
      return time.toDays() + "d";
    }
    if (seconds % Duration.ofHours(1).toSeconds() == 0) {
      return time.toHours() + "h";
    }
    return seconds % 60 == 0 ? time.toMinutes() + "m" : seconds + "s";
  }

  static String format(List<SnapshotSchedule.Keep> rules) {
    return String.join(
        ",",
        rules.stream().map(rule -> format(rule.period()) + ":" + format(rule.each())).toList());
  }
}
