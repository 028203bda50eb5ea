package io.cairnfs.dht.record;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

/**
 * What a node says about itself in one version of its record.
 *
 * @param version of two records of one node the higher version holds; at least 1
 * @param addresses where it listens, best first; unresolved for DNS names; empty in process
 * @param zone failure domain, such as a rack or a site; empty if none was configured
 * @param capacityBytes how much it is willing to store
 * @param freeBytes how much of that is left
 * @param state whether it takes new blocks
 * @param roles what it offers
 * @param graceMillis how long it may be down before others take its place, so that everybody agrees
 *     on when that is; 0 to leave it to whoever reads the record
 */
public record NodeDescription(
    long version,
    List<InetSocketAddress> addresses,
    String zone,
    long capacityBytes,
    long freeBytes,
    NodeState state,
    Set<NodeRole> roles,
    long graceMillis) {

  /**
   * @throws IllegalArgumentException if a limit of {@link RecordLimits} is exceeded or a number is
   *     out of range
   */
  public NodeDescription {
    addresses = List.copyOf(addresses);
    roles = Set.copyOf(roles);
    require(version >= 1, "a version is at least 1");
    require(capacityBytes >= 0 && freeBytes >= 0, "sizes are not negative");
    require(
        graceMillis >= 0 && graceMillis <= RecordLimits.MAX_GRACE_MILLIS,
        "a node is not waited for that long");
    require(zone.length() <= RecordLimits.MAX_ZONE_LENGTH, "the zone's name is too long");
    require(addresses.size() <= RecordLimits.MAX_ADDRESSES, "too many addresses");
    for (InetSocketAddress address : addresses) {
      int length = address.getHostString().length();
      require(
          length >= 1 && length <= RecordLimits.MAX_HOST_LENGTH,
          "an address has no host, or one too long");
      require(address.getPort() != 0, "an address has no port");
    }
  }

  /** Of a node that leaves it to others how long they wait for it. */
  public NodeDescription(
      long version,
      List<InetSocketAddress> addresses,
      String zone,
      long capacityBytes,
      long freeBytes,
      NodeState state,
      Set<NodeRole> roles) {
    this(version, addresses, zone, capacityBytes, freeBytes, state, roles, 0);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  public NodeDescription withVersion(long newVersion) {
    return new NodeDescription(
        newVersion, addresses, zone, capacityBytes, freeBytes, state, roles, graceMillis);
  }

  public NodeDescription withAddresses(List<InetSocketAddress> newAddresses) {
    return new NodeDescription(
        version, newAddresses, zone, capacityBytes, freeBytes, state, roles, graceMillis);
  }

  public NodeDescription withSpace(long newCapacityBytes, long newFreeBytes) {
    return new NodeDescription(
        version, addresses, zone, newCapacityBytes, newFreeBytes, state, roles, graceMillis);
  }

  public NodeDescription withState(NodeState newState) {
    return new NodeDescription(
        version, addresses, zone, capacityBytes, freeBytes, newState, roles, graceMillis);
  }
}
