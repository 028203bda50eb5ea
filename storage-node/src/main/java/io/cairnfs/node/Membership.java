package io.cairnfs.node;

import io.cairnfs.dht.Locator;
import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.dht.record.RecordSigner;
import io.cairnfs.node.cell.CellDirectory;
import io.cairnfs.node.head.VolumeDirectory;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireException;
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

  /** Says whether the node takes new blocks, or is about to leave. */
  void announceState(NodeState state);

  /** Who may hold what. */
  Locator locator();

  /**
   * The founding records of volumes that this node keeps for the others.
   *
   * @throws WireException if that cannot be known now
   */
  List<Founding> foundings() throws WireException, InterruptedException;

  /** What everybody can find out about volumes. */
  VolumeDirectory volumes();

  /** Where the records of cells are. */
  CellDirectory cells();

  /** Stops answering and asking. */
  @Override
  void close() throws IOException;
}
