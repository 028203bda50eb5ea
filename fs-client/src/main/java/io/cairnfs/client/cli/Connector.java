package io.cairnfs.client.cli;

import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import java.io.Closeable;
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
   * @param transport by which it is called
   * @param node whom to call
   * @param owner what the transport belongs to; closed with this
   */
  record Connection(Transport transport, Peer node, Closeable owner) implements AutoCloseable {

    Connection(Transport transport, Peer node) {
      this(transport, node, transport::close);
    }

    @Override
    public void close() throws IOException {
      owner.close();
    }
  }
}
