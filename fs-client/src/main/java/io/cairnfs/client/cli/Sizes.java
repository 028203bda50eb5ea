package io.cairnfs.client.cli;

import java.util.Locale;

/** Sizes as people read them: IEC units. */
final class Sizes {

  private static final String UNITS = "KMGTPE";
  private static final double STEP = 1024;

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
}
