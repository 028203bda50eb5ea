package io.cairnfs.bench;

import java.time.Duration;
import java.util.Set;

/**
 * How much is done for each row.
 *
 * @param sizeMebibytes of the big file
 * @param files of one page
 * @param randomOperations reads, and writes, at random places
 * @param durableFiles with an fsync each
 * @param cap after which a loop stops; rates stay comparable
 * @param seed of random places
 * @param groups which rows; {@link Row.Group#ALWAYS} need not be named
 */
record Settings(
    int sizeMebibytes,
    int files,
    int randomOperations,
    int durableFiles,
    Duration cap,
    long seed,
    Set<Row.Group> groups) {

  private static final int FILES_PER_DIRECTORY = 100;
  private static final int CAPS_PER_COMMAND = 6;
  private static final Duration SYNC_SLACK = Duration.ofSeconds(60);

  Settings {
    groups = Set.copyOf(groups);
    if (sizeMebibytes < 1 || files < 1 || randomOperations < 1 || durableFiles < 1) {
      throw new IllegalArgumentException("sizes and numbers are positive");
    }
  }

  /** The same rows with other amounts. */
  Settings withAmounts(int mebibytes, int smallFiles, int random, int durable) {
    return new Settings(mebibytes, smallFiles, random, durable, cap, seed, groups);
  }

  /** For as many files. */
  static int directories(int files) {
    return Math.max(1, files / FILES_PER_DIRECTORY);
  }

  /** What a program such as tar may take; it is killed then. */
  Duration commandCap() {
    return cap.multipliedBy(CAPS_PER_COMMAND);
  }

  /**
   * What a phase may take, in which at most two things are measured; the target has failed then.
   */
  Duration phaseCap() {
    return commandCap().multipliedBy(2).plus(SYNC_SLACK);
  }
}
