package io.cairnfs.node.config;

import java.time.Duration;

/**
 * How a node that votes hosts heads.
 *
 * @param place where new volumes go
 * @param voterGrace how long a voter of a cell may be away before another node takes its place
 */
public record HeadSettings(Place place, Duration voterGrace) {

  /** Long enough for a machine to be repaired a little, and not to move its duties in vain. */
  public static final HeadSettings DEFAULT = new HeadSettings(Place.CELLS, Duration.ofMinutes(10));

  /** Where heads are. */
  public enum Place {
    /** Each at one node, in its journal. */
    JOURNAL,
    /** In cells, which grow to several voters as soon as there are enough nodes. */
    CELLS
  }

  /**
   * @throws IllegalArgumentException if a value is out of range
   */
  public HeadSettings {
    if (!voterGrace.isPositive()) {
      throw new IllegalArgumentException("the grace time of voters is positive");
    }
  }
}
