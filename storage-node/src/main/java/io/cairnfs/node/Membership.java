package io.cairnfs.node;

import io.cairnfs.dht.Locator;
import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.RecordSigner;
import io.cairnfs.protocol.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * A node's place in its cluster: it knows the others, and tells them about this one. Thread-safe.
 */
interface Membership extends AutoCloseable {

  /** Makes memberships. */
  @FunctionalInterface
  interface Factory {

    /**
     * Prepares a membership and registers its handlers, before the transport listens.
     *
     * @param signer the identity under which the node describes itself
     */
    Membership create(Transport transport, RecordSigner signer) throws IOException;
  }

  /**
   * Enters the cluster; others learn of this node from now on.
   *
   * @param self where the node listens and what it offers; the version is of no account
   * @param bootstrap nodes to join by; empty for none
   */
  void join(NodeDescription self, List<InetSocketAddress> bootstrap) throws IOException;

  /** Says how much room the node has left. */
  void announceSpace(long capacityBytes, long freeBytes);

  /** Who may hold what. */
  Locator locator();

  /** Stops answering and asking. */
  @Override
  void close() throws IOException;
}
