package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;

/**
 * Which networks a node is in, coarsely: IPv4 /16 and IPv6 /32. Limiting how many peers of a table
 * may share one makes it expensive to fill a table with one attacker's nodes.
 */
final class AddressGroups {

  private static final int IPV4_PREFIX_BYTES = 2;
  private static final int IPV6_PREFIX_BYTES = 4;
  private static final int UNIQUE_LOCAL_MASK = 0xfe;
  private static final int UNIQUE_LOCAL_PREFIX = 0xfc;

  private AddressGroups() {}

  /**
   * The public groups of a node's addresses; private, loopback and unresolved addresses have none.
   */
  static Set<String> of(NodeRecord record) {
    Set<String> groups = new HashSet<>();
    for (InetSocketAddress socketAddress : record.addresses()) {
      InetAddress address = socketAddress.getAddress();
      if (address != null && !isLocal(address)) {
        int length = address instanceof Inet4Address ? IPV4_PREFIX_BYTES : IPV6_PREFIX_BYTES;
        groups.add(HexFormat.of().formatHex(address.getAddress(), 0, length));
      }
    }
    return groups;
  }

  private static boolean isLocal(InetAddress address) {
    return address.isLoopbackAddress()
        || address.isSiteLocalAddress()
        || address.isLinkLocalAddress()
        || address.isAnyLocalAddress()
        || isUniqueLocal(address);
  }

  /** RFC 4193. */
  private static boolean isUniqueLocal(InetAddress address) {
    return !(address instanceof Inet4Address)
        && (address.getAddress()[0] & UNIQUE_LOCAL_MASK) == UNIQUE_LOCAL_PREFIX;
  }
}
