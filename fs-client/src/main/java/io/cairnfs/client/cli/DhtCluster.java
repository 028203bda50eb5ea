package io.cairnfs.client.cli;

import io.cairnfs.client.block.DhtReplicas;
import io.cairnfs.client.block.Replicas;
import io.cairnfs.client.head.HeadPlace;
import io.cairnfs.client.mount.Backend;
import io.cairnfs.dht.driver.DhtNode;
import io.cairnfs.dht.driver.DhtOptions;
import io.cairnfs.dht.placement.Placement;
import io.cairnfs.dht.record.IdentitySigner;
import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.node.cell.CellValues;
import io.cairnfs.node.cell.DhtCells;
import io.cairnfs.node.head.DhtVolumes;
import io.cairnfs.node.head.FoundingValues;
import io.cairnfs.node.head.VolumeDirectory;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A cluster of nodes, which this process asks without being one of them. */
final class DhtCluster implements Cluster {

  private static final Logger LOG = LoggerFactory.getLogger(DhtCluster.class);

  /** For the first answer of a cluster: a person waits. */
  private static final Duration JOIN = Duration.ofSeconds(10);

  /** For a record that the nodes closest to its key should have. */
  private static final Duration READ = Duration.ofSeconds(5);

  /** To find a voter anew before it is asked; it is asked again after that. */
  private static final Duration FIND = Duration.ofSeconds(1);

  /** Volumes whose voters are silent are looked up again so often. */
  private static final Duration SEEK = Duration.ofSeconds(5);

  private static final int DEFAULT_REPLICATION = 3;

  private final Connector.Connection connection;
  private final DhtNode dht;
  private final CellLookup cells;
  private final Map<VolumeId, Founding> moved = new ConcurrentHashMap<>();
  private final AtomicLong soughtNanos = new AtomicLong(System.nanoTime());
  private final DhtVolumes volumes;

  private DhtCluster(Connector.Connection connection, DhtNode dht) {
    this.connection = connection;
    this.dht = dht;
    this.cells = new CellLookup(new DhtCells(dht));
    this.volumes = new DhtVolumes(dht);
  }

  /**
   * @param connection closed with the cluster
   * @param self who this process is to the nodes
   */
  static DhtCluster join(Connector.Connection connection, Identity self)
      throws IOException, InterruptedException, CommandException {
    // Asked first for the sake of the message: it says why a node does not let us in.
    new NodeClient(connection.transport(), connection.node()).status();
    List<Peer> bootstrap =
        connection.node().addresses().stream()
            .map(address -> new Peer(null, List.of(address)))
            .toList();
    NodeDescription nothing =
        new NodeDescription(1, List.of(), "", 0, 0, NodeState.ACTIVE, Set.of());
    DhtOptions options = DhtOptions.client(bootstrap).withValidator(CellValues::isValid);
    DhtNode dht =
        DhtNode.create(connection.transport(), new IdentitySigner(self), nothing, options);
    dht.start();
    if (!dht.awaitJoined(JOIN)) {
      dht.close();
      throw new CommandException(
          "no node of the cluster answers within " + JOIN.toSeconds() + " s: " + bootstrap);
    }
    return new DhtCluster(connection, dht);
  }

  @Override
  public Transport transport() {
    return connection.transport();
  }

  @Override
  public List<Member> voters() {
    return having(NodeRole.VOTES);
  }

  @Override
  public List<Member> stores() {
    return having(NodeRole.STORES_BLOCKS);
  }

  private List<Member> having(NodeRole role) {
    return dht.known().stream().filter(node -> node.has(role)).map(this::member).toList();
  }

  private Member member(NodeRecord node) {
    boolean active = node.state() == NodeState.ACTIVE;
    return new Member(node.id(), node.peer(), dht.isUp(node.id()), active);
  }

  @Override
  public Replicas replicas() {
    return new DhtReplicas(dht, Placement.DEFAULT_K);
  }

  @Override
  public Optional<Founding> founding(VolumeId volume) throws InterruptedException {
    return volumes.founding(volume, READ);
  }

  @Override
  public VolumeDirectory directory() {
    return volumes;
  }

  @Override
  public List<NodeId> voterIds(Founding founding) throws InterruptedException {
    Founding latest = moved.getOrDefault(founding.volume(), founding);
    CellId cell = latest.cell();
    return cell == null ? latest.voters() : cells.members(cell);
  }

  @Override
  public HeadPlace place(Founding founding) {
    return new HeadPlace() {
      @Override
      public List<Peer> voters() {
        return DhtCluster.this.voters(founding).stream().map(Member::peer).toList();
      }

      @Override
      public void moved(Founding to) {
        if (to.volume().equals(founding.volume()) && to.move() > founding.move()) {
          moved.merge(to.volume(), to, (a, b) -> a.move() > b.move() ? a : b);
        }
      }

      @Override
      public void doubtful() {
        long last = soughtNanos.get();
        long now = System.nanoTime();
        if (now - last > SEEK.toNanos() && soughtNanos.compareAndSet(last, now)) {
          var unused = Thread.ofVirtual().name("volume-lookup").start(this::seek);
        }
      }

      private void seek() {
        try {
          DhtCluster.this.founding(founding.volume()).ifPresent(this::moved);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    };
  }

  @Override
  public List<Member> voters(Founding founding) {
    List<Member> voters = new ArrayList<>();
    try {
      for (NodeId id : voterIds(founding)) {
        dht.find(id, FIND).map(this::member).ifPresent(voters::add);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // who asked is about to wait, and ends there
    }
    return voters;
  }

  @Override
  public int defaultReplication() {
    return DEFAULT_REPLICATION;
  }

  @Override
  public void publish(Founding founding) throws InterruptedException {
    try {
      dht.putValue(FoundingValues.of(founding), JOIN);
    } catch (WireException e) {
      // The voter has it, and is asked by everybody who lists volumes.
      LOG.warn("the founding record of {} is not in the DHT", founding.volume(), e);
    }
  }

  @Override
  public Backend backend(Founding founding) {
    return new Backend(
        connection.transport(),
        place(founding),
        replicas(),
        () -> stores().stream().map(Member::peer).toList(),
        usage -> Space.of(usage, freeBytes() / founding.replication()),
        false);
  }

  private long freeBytes() {
    return dht.known().stream()
        .filter(node -> node.has(NodeRole.STORES_BLOCKS) && node.state() == NodeState.ACTIVE)
        .mapToLong(NodeRecord::freeBytes)
        .sum();
  }

  @Override
  public void close() throws IOException {
    dht.close();
    connection.close();
  }
}
