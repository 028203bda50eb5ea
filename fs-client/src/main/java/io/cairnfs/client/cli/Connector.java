package io.cairnfs.client.cli;

import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import java.io.IOException;

/** How commands reach nodes. */
@FunctionalInterface
interface Connector {

  /**
   * Opens what is needed to call a node of the cluster.
   *
   * @throws CommandException if the user has to do something first
   */
  Connection connect(ClusterAccess access)
      throws CommandException, IOException, InterruptedException;

  /**
   * A way to one node.
   *
   * @param transport closed with this
   * @param node whom to call
   */
  record Connection(Transport transport, Peer node) implements AutoCloseable {
    @Override
    public void close() {
      transport.close();
    }
  }
}
