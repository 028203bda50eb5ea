package io.cairnfs.dht.core;

/**
 * How a DHT participant behaves.
 *
 * @param k size of a bucket, of a lookup's result and of a value's set of holders
 * @param alpha requests in flight per path of a lookup
 * @param paths disjoint paths of a lookup (S/Kademlia's d); more than one outvotes lying nodes on
 *     the way
 * @param maxPerAddressGroup how many peers of one public IPv4 /16 or IPv6 /32 a table holds; 0 for
 *     any number, which is right for closed clusters: they often live in one network, and admit no
 *     strangers
 * @param maxProbesPerTick bounds pinging: large tables are pinged more slowly
 * @param maxValues how many small values a node keeps for others
 * @param client whether to ask only: a client is entered into no table and answers nothing
 * @param timing intervals
 */
public record DhtConfig(
    int k,
    int alpha,
    int paths,
    int maxPerAddressGroup,
    int maxProbesPerTick,
    int maxValues,
    boolean client,
    DhtTiming timing) {

  /** What an open cluster sets {@link #maxPerAddressGroup} to: the figure of IPFS. */
  public static final int OPEN_CLUSTER_ADDRESS_GROUP = 3;

  /** Probes are due at an eighth of their interval's precision, which also spreads them. */
  static final int TICKS_PER_PROBE_INTERVAL = 8;

  private static final DhtConfig DEFAULT =
      new DhtConfig(20, 3, 1, 0, 8, 65_536, false, DhtTiming.defaults());

  /**
   * @throws IllegalArgumentException if a number is out of range
   */
  public DhtConfig {
    if (k < 1
        || alpha < 1
        || paths < 1
        || maxPerAddressGroup < 0
        || maxProbesPerTick < 1
        || maxValues < 0) {
      throw new IllegalArgumentException("a number of the DHT's configuration is out of range");
    }
  }

  public static DhtConfig defaults() {
    return DEFAULT;
  }

  /** How often the core wants a tick. */
  public long tickMillis() {
    return timing.probeIntervalMillis() / TICKS_PER_PROBE_INTERVAL;
  }

  public DhtConfig withK(int newK) {
    return new DhtConfig(
        newK, alpha, paths, maxPerAddressGroup, maxProbesPerTick, maxValues, client, timing);
  }

  public DhtConfig withPaths(int newPaths) {
    return new DhtConfig(
        k, alpha, newPaths, maxPerAddressGroup, maxProbesPerTick, maxValues, client, timing);
  }

  public DhtConfig withMaxPerAddressGroup(int max) {
    return new DhtConfig(k, alpha, paths, max, maxProbesPerTick, maxValues, client, timing);
  }

  public DhtConfig withTiming(DhtTiming newTiming) {
    return new DhtConfig(
        k, alpha, paths, maxPerAddressGroup, maxProbesPerTick, maxValues, client, newTiming);
  }

  public DhtConfig asClient() {
    return new DhtConfig(
        k, alpha, paths, maxPerAddressGroup, maxProbesPerTick, maxValues, true, timing);
  }
}
