package io.cairnfs.client.tidy;

import java.time.Duration;

/**
 * How much the tidier may do.
 *
 * @param bytesPerSecond that it reads and writes, one block at a time; 0 turns it off
 * @param quiet how long a file must not have been written to before it is rewritten
 * @param scanPause between two walks over all extents
 * @param compares whether a rewrite is dropped when its extents have changed meanwhile: the
 *     safeguard of what programs write, switched off only to show that tests notice
 */
public record TidySettings(
    long bytesPerSecond, Duration quiet, Duration scanPause, boolean compares) {

  private static final Duration QUIET = Duration.ofSeconds(30);
  private static final Duration SCAN_PAUSE = Duration.ofMinutes(15);

  public TidySettings {
    if (bytesPerSecond < 0 || quiet.isNegative() || scanPause.isNegative()) {
      throw new IllegalArgumentException("bounds are not negative");
    }
  }

  /** The defaults within a budget in bytes per second. */
  public static TidySettings of(long bytesPerSecond) {
    return new TidySettings(bytesPerSecond, QUIET, SCAN_PAUSE, true);
  }
}
