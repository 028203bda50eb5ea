package io.cairnfs.client.cli;

import io.cairnfs.client.block.DhtReplicas;
import io.cairnfs.client.mount.Backend;
import io.cairnfs.dht.Locator;
import io.cairnfs.dht.placement.Placement;
import io.cairnfs.node.EmbeddedNode;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The embedded node as a cluster: in this process, where it can be mounted, or in another one. */
final class OneNodeCluster implements Cluster {

  private final Transport transport;
  private final Peer node;
  private final Closeable owner;
  private final @Nullable EmbeddedNode inProcess;

  private OneNodeCluster(
      Transport transport, Peer node, Closeable owner, @Nullable EmbeddedNode inProcess) {
    this.transport = transport;
    this.node = node;
    this.owner = owner;
    this.inProcess = inProcess;
  }

  /**
   * @param connection closed with this
   */
  static OneNodeCluster through(Connector.Connection connection) {
    return new OneNodeCluster(connection.transport(), connection.node(), connection.owner(), null);
  }

  /**
   * @param node closed with this
   */
  static OneNodeCluster of(EmbeddedNode node) {
    return new OneNodeCluster(node.transport(), node.self(), node::close, node);
  }

  @Override
  public Transport transport() {
    return transport;
  }

  @Override
  public List<Voter> voters() {
    NodeId id = Objects.requireNonNull(node.id(), "the embedded node's id is known");
    return List.of(new Voter(id, node));
  }

  @Override
  public int defaultReplication() {
    return 1;
  }

  @Override
  public void publish(Founding founding) {
    // Nobody else is there to know it.
  }

  @Override
  public Backend backend(Founding founding) {
    EmbeddedNode mounted = Objects.requireNonNull(inProcess, "only a node in this process");
    Locator locator = mounted.locator();
    return new Backend(
        transport,
        () -> List.of(node),
        new DhtReplicas(locator, Placement.DEFAULT_K),
        usage -> Space.of(usage, mounted.store().figures().freeBytes()),
        true);
  }

  @Override
  public void close() throws IOException {
    owner.close();
  }
}
