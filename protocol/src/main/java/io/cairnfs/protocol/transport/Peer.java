package io.cairnfs.protocol.transport;

import io.cairnfs.protocol.identity.NodeId;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom to call: an identity and where it listens.
 *
 * @param id the identity that must answer; null for a bootstrap address whose identity is not known yet
 * @param addresses tried in order; empty for an in-process peer
 */
public record Peer(@Nullable NodeId id, List<InetSocketAddress> addresses) {

  public Peer {
    addresses = List.copyOf(addresses);
    if (id == null && addresses.isEmpty()) {
      throw new IllegalArgumentException("a peer needs an identity or an address");
    }
  }
}
