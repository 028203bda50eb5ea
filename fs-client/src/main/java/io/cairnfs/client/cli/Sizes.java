package io.cairnfs.client.cli;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people read them: IEC units. */
final class Sizes {

  private static final String UNITS = "KMGTPE";
  private static final double STEP = 1024;
  private static final Pattern SIZE =
      Pattern.compile("([0-9]+(?:\\.[0-9]+)?(?:[eE][0-9]{1,2})?) ?((?i:[KMGTPE](?:i?B)?|))");

  private Sizes() {}

  /** Such as {@code 512 B} or {@code 1.5 MiB}. */
  static String format(long bytes) {
    if (bytes < STEP) {
      return bytes + " B";
    }
    double value = bytes / STEP;
    int unit = 0;
    while (value >= STEP - 0.05) { // what would be written as 1024.0
      value /= STEP;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %ciB", value, UNITS.charAt(unit));
  }

  /**
   * The number that a text such as {@code 10GiB}, {@code 512M}, {@code 1e6} or {@code 4096} means;
   * units are powers of 1024, with {@code B} alone ({@code 10GB}) of 1000.
   *
   * @throws IllegalArgumentException if it means none, or no positive whole one
   */
  static long parse(String text) {
    Matcher matcher = SIZE.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no number, such as 10GiB or 1e6");
    }
    String unit = matcher.group(2).toUpperCase(Locale.ROOT);
    int power = unit.isEmpty() ? 0 : UNITS.indexOf(unit.charAt(0)) + 1;
    BigDecimal step = new BigDecimal(unit.length() == 2 ? 1000 : 1024);
    try {
      long number = new BigDecimal(matcher.group(1)).multiply(step.pow(power)).longValueExact();
      if (number > 0) {
        return number;
      }
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("'" + text + "' is no whole number, or too large", e);
    }
    throw new IllegalArgumentException("'" + text + "' is not more than 0");
  }
}
