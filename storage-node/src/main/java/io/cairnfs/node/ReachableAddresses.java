package io.cairnfs.node;

import io.cairnfs.dht.record.RecordLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Where peers are told to reach a node. */
final class ReachableAddresses {

  private ReachableAddresses() {}

  /**
   * @param configured what the operator says; if not empty, it is the answer
   * @param bound where the node listens
   */
  static List<InetSocketAddress> of(List<InetSocketAddress> configured, InetSocketAddress bound)
      throws SocketException {
    if (!configured.isEmpty()) {
      return configured;
    }
    if (!bound.getAddress().isAnyLocalAddress()) {
      return List.of(bound);
    }
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      for (InetAddress address : Collections.list(network.getInetAddresses())) {
        if (network.isUp() && !address.isLoopbackAddress() && !address.isLinkLocalAddress()) {
          addresses.add(new InetSocketAddress(address, bound.getPort()));
        }
      }
    }
    if (addresses.isEmpty()) {
      // A machine without a network is its own cluster.
      addresses.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), bound.getPort()));
    }
    return addresses.subList(0, Math.min(addresses.size(), RecordLimits.MAX_ADDRESSES));
  }
}
