package io.cairnfs.node.head.raft;

import java.time.Duration;

/**
 * How patient voters are.
 *
 * @param electionMin a voter that hears nothing of its leader for a random time between this one
 * @param electionMax and this one asks to be elected; a leader speaks at least twice in the shorter
 * @param call for the answer of another voter
 */
public record VoterTiming(Duration electionMin, Duration electionMax, Duration call) {

  /**
   * A leader that dies is replaced within some two seconds; a machine that lets its processes wait
   * for half a second does not cost it its leadership.
   */
  public static final VoterTiming DEFAULT =
      new VoterTiming(Duration.ofMillis(1000), Duration.ofMillis(1700), Duration.ofSeconds(3));
}
