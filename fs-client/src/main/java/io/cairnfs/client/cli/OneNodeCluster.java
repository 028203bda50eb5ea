package io.cairnfs.client.cli;

import io.cairnfs.client.block.Replicas;
import io.cairnfs.client.mount.Backend;
import io.cairnfs.node.EmbeddedNode;
import io.cairnfs.node.head.VolumeDirectory;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The embedded node as a cluster: in this process, where it can be mounted, or in another one. */
final class OneNodeCluster implements Cluster {

  /** Every block is on the only node. */
  private record OneReplica(Replica replica) implements Replicas {

    @Override
    public List<Replica> order(Key256 key, boolean fresh, Duration timeout) {
      return List.of(replica);
    }

    @Override
    public boolean isUp(NodeId id) {
      return true;
    }

    @Override
    public void suspect(NodeId id) {
      // There is no other one to ask.
    }
  }

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
  public List<Member> voters() {
    return List.of(new Member(id(), node, true, true));
  }

  @Override
  public List<Member> stores() {
    return voters();
  }

  private NodeId id() {
    return Objects.requireNonNull(node.id(), "the embedded node's id is known");
  }

  @Override
  public Replicas replicas() {
    return new OneReplica(new Replicas.Replica(id(), node, true));
  }

  /** Its voter, which is the only node, has it. */
  @Override
  public Optional<Founding> founding(VolumeId volume) {
    return Optional.empty();
  }

  @Override
  public VolumeDirectory directory() {
    return VolumeDirectory.NONE;
  }

  @Override
  public List<NodeId> voterIds(Founding founding) {
    return founding.voters();
  }

  @Override
  public List<Member> voters(Founding founding) {
    return voters();
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
    return new Backend(
        transport,
        () -> List.of(node),
        replicas(),
        () -> List.of(node),
        usage -> Space.of(usage, mounted.store().figures().freeBytes()),
        true);
  }

  @Override
  public void close() throws IOException {
    owner.close();
  }
}
