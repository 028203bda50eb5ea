package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeState;

/**
 * The intervals of the DHT, in milliseconds.
 *
 * @param probeIntervalMillis how long a peer may be silent before it is pinged
 * @param requestTimeoutMillis how long an answer is waited for
 * @param slowMillis after this a lookup asks another node without giving up on the first
 * @param graceMillis how long a node that is down stays a candidate for placement if its record
 *     does not say
 * @param refreshIntervalMillis how long a bucket may go without a lookup before one refreshes it
 * @param neighbourhoodIntervalMillis how often this node looks for its own neighbours, so that
 *     nodes that missed each other meet
 * @param republishIntervalMillis how often the holders of a value see to it that the closest nodes
 *     have it
 */
public record DhtTiming(
    long probeIntervalMillis,
    long requestTimeoutMillis,
    long slowMillis,
    long graceMillis,
    long refreshIntervalMillis,
    long neighbourhoodIntervalMillis,
    long republishIntervalMillis) {

  /**
   * A node that dies is not held for up after four seconds at most, and is declared down within
   * five.
   */
  private static final DhtTiming DEFAULT =
      new DhtTiming(2_000, 1_250, 400, 600_000, 3_600_000, 30_000, 3_600_000);

  /**
   * @throws IllegalArgumentException if an interval is not positive
   */
  public DhtTiming {
    if (probeIntervalMillis < DhtConfig.TICKS_PER_PROBE_INTERVAL
        || requestTimeoutMillis <= 0
        || slowMillis <= 0
        || graceMillis < 0
        || refreshIntervalMillis <= 0
        || neighbourhoodIntervalMillis <= 0
        || republishIntervalMillis <= 0) {
      throw new IllegalArgumentException("intervals must be positive");
    }
  }

  /** How long a node that is down is waited for: not at all if it said that it leaves. */
  public long graceMillis(NodeRecord node) {
    if (node.state() == NodeState.LEAVING) {
      return 0;
    }
    long told = node.description().graceMillis();
    return told == 0 ? graceMillis : told;
  }

  public static DhtTiming defaults() {
    return DEFAULT;
  }

  public DhtTiming withProbeInterval(long millis) {
    return new DhtTiming(
        millis,
        requestTimeoutMillis,
        slowMillis,
        graceMillis,
        refreshIntervalMillis,
        neighbourhoodIntervalMillis,
        republishIntervalMillis);
  }

  public DhtTiming withRequestTimeout(long millis) {
    return new DhtTiming(
        probeIntervalMillis,
        millis,
        slowMillis,
        graceMillis,
        refreshIntervalMillis,
        neighbourhoodIntervalMillis,
        republishIntervalMillis);
  }

  public DhtTiming withGrace(long millis) {
    return new DhtTiming(
        probeIntervalMillis,
        requestTimeoutMillis,
        slowMillis,
        millis,
        refreshIntervalMillis,
        neighbourhoodIntervalMillis,
        republishIntervalMillis);
  }
}
