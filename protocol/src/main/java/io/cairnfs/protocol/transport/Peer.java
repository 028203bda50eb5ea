package io.cairnfs.protocol.transport;

import io.cairnfs.protocol.identity.NodeId;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom to call: an identity and where it listens.
 *
 * @param id the identity that must answer; null for a bootstrap address whose identity is not known
 *     yet
 * @param addresses tried in order; empty for an in-process peer; internet or Unix domain
 */
public record Peer(@Nullable NodeId id, List<SocketAddress> addresses) {

  public Peer {
    addresses = List.copyOf(addresses);
    if (id == null && addresses.isEmpty()) {
      throw new IllegalArgumentException("a peer needs an identity or an address");
    }
  }
}
