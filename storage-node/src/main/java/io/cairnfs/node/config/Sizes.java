package io.cairnfs.node.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads sizes such as {@code 500GiB}. */
final class Sizes {

  private static final Pattern SIZE = Pattern.compile("([0-9]{1,15})\\s*([KMGTP]?)I?B?");
  private static final String UNITS = "KMGTP";
  private static final int BITS_PER_UNIT = 10;

  private Sizes() {}

  /**
   * A size in bytes. Units are powers of 1024, whether written {@code G}, {@code GB} or {@code
   * GiB}.
   *
   * @throws IllegalArgumentException if it is none, or too large
   */
  static long parse(String text) {
    Matcher matcher = SIZE.matcher(text.strip().toUpperCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no size; write it as 500GiB");
    }
    long number = Long.parseLong(matcher.group(1));
    int shift =
        matcher.group(2).isEmpty() ? 0 : BITS_PER_UNIT * (UNITS.indexOf(matcher.group(2)) + 1);
    if (number > Long.MAX_VALUE >> shift) {
      throw new IllegalArgumentException("'" + text + "' is too large");
    }
    return number << shift;
  }
}
