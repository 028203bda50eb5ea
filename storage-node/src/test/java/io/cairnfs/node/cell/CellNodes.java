package io.cairnfs.node.cell;

import com.google.protobuf.ByteString;
import io.cairnfs.dht.Locator;
import io.cairnfs.dht.record.IdentitySigner;
import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.node.head.CellHeads;
import io.cairnfs.node.head.CellSnapshots;
import io.cairnfs.node.head.Hosted;
import io.cairnfs.node.head.JournalEngine;
import io.cairnfs.node.head.MemoryJournal;
import io.cairnfs.node.head.RocksBodies;
import io.cairnfs.node.head.RocksJournal;
import io.cairnfs.node.head.machine.Residence;
import io.cairnfs.node.rocks.RocksDatabase;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.cell.CellMethods;
import io.cairnfs.protocol.cell.message.FoundCellRequest;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.local.LocalNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Nodes of this process that vote in cells, all of whom know each other. */
final class CellNodes implements AutoCloseable {

  private static final Duration GRACE = Duration.ofMillis(1);

  /** What may become true. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  /** A node that runs. */
  private record Running(
      Transport transport,
      RocksDatabase database,
      CellHeads alone,
      Cells cells,
      CellKeeper keeper) {}

  private final Path directory;
  private final LocalNetwork network = new LocalNetwork();
  private final MemoryCellDirectory records = new MemoryCellDirectory();
  private final List<Identity> identities = new ArrayList<>();
  private final List<CellStart> starts = new ArrayList<>();
  private final Set<NodeId> draining = new HashSet<>();
  private final List<@Nullable Running> nodes = new ArrayList<>();

  CellNodes(Path directory) {
    this.directory = directory;
  }

  MemoryCellDirectory directory() {
    return records;
  }

  LocalNetwork network() {
    return network;
  }

  void add() throws IOException {
    add(CellStart.JOINER);
  }

  void add(CellStart start) throws IOException {
    identities.add(Identity.generate());
    starts.add(start);
    nodes.add(null);
    restart(nodes.size() - 1);
  }

  /** Starts a node on what it had. */
  void restart(int index) throws IOException {
    prepare(index).start();
  }

  /** Has a node answer that was there before; it does not take part in its cells yet. */
  Cells prepare(int index) throws IOException {
    stop(index);
    Identity self = identities.get(index);
    Transport transport = network.join(self.id());
    RocksDatabase database =
        RocksDatabase.open(
            directory.resolve("db-" + index), RocksJournal.COLUMNS, RocksSettings.MODERATE);
    CellHeads alone = new CellHeads(JournalEngine.open(new MemoryJournal()), self.id());
    CellSnapshots snapshots = new CellSnapshots(alone.engine(), self.id(), InstantSource.system());
    Cells cells =
        Cells.open(
            directory.resolve("cells-" + index),
            new Hosted(alone, snapshots),
            transport,
            node -> new Peer(node, List.of()),
            () -> new RocksBodies(database));
    CellService.register(transport, cells, records, new Everybody(), self);
    CellKeeper keeper =
        new CellKeeper(cells, records, transport, new Everybody(), self, starts.get(index), GRACE);
    nodes.set(index, new Running(transport, database, alone, cells, keeper));
    return cells;
  }

  void stop(int index) throws IOException {
    Running node = nodes.get(index);
    if (node != null) {
      nodes.set(index, null);
      node.cells().close();
      node.alone().close();
      node.transport().close();
      node.database().close();
    }
  }

  /** Lets each keeper do a unit of work. */
  void work() throws InterruptedException {
    for (Running node : List.copyOf(running())) {
      try {
        node.keeper().work();
      } catch (IOException e) {
        // it is done again
      }
    }
  }

  /** Lets the keeper of one node do a unit of work, whatever it comes to. */
  void work(int index) {
    try {
      Objects.requireNonNull(nodes.get(index)).keeper().work();
    } catch (IOException e) {
      // it is done again
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A volume of a cell. */
  static Founding founding(CellId cell) {
    Identity owner = Identity.generate();
    return FoundingSignature.sign(
        new Founding(
            VolumeId.of(owner.publicKey()),
            "photos",
            List.of(),
            cell,
            0,
            3,
            Instant.EPOCH,
            new byte[0]),
        owner);
  }

  /** How many nodes know a volume. */
  long know(VolumeId volume) throws HeadException {
    long know = 0;
    for (Running node : running()) {
      for (HostedCell cell : node.cells().hosted()) {
        Residence residence =
            cell.hosted().heads().engine().peek(machine -> machine.residence(volume));
        know += residence == Residence.HERE ? 1 : 0;
      }
    }
    return know;
  }

  private List<Running> running() {
    List<Running> running = new ArrayList<>();
    for (Running node : nodes) {
      if (node != null) {
        running.add(node);
      }
    }
    return running;
  }

  List<NodeId> ids() {
    return identities.stream().map(Identity::id).sorted().toList();
  }

  /** How many nodes lead a cell. */
  long leads() {
    return running().stream().filter(CellNodes::leads).count();
  }

  private static boolean leads(Running node) {
    return node.cells().hosted().stream().anyMatch(cell -> cell.hosted().heads().engine().leads());
  }

  /** The cell that a node is in. */
  HostedCell cell(int index) {
    return Objects.requireNonNull(nodes.get(index)).cells().hosted().iterator().next();
  }

  /** How many nodes are in a cell. */
  long inCells() {
    return running().stream().filter(node -> !node.cells().hosted().isEmpty()).count();
  }

  /** The index of a node that is in a cell and does not lead it. */
  int follower() {
    for (int i = 0; i < nodes.size(); i++) {
      Running node = nodes.get(i);
      if (node != null && !leads(node) && !node.cells().hosted().isEmpty()) {
        return i;
      }
    }
    throw new IllegalStateException("no follower");
  }

  /** The index of the node that leads a cell. */
  int leader() {
    for (int i = 0; i < nodes.size(); i++) {
      Running node = nodes.get(i);
      if (node != null && leads(node)) {
        return i;
      }
    }
    throw new IllegalStateException("no leader");
  }

  /** A node says that it is about to leave the cluster. */
  void drain(int index) {
    draining.add(id(index));
  }

  /** Asks a node to found a cell of all nodes. */
  void askToFound(int index) throws WireException, InterruptedException {
    FoundCellRequest.Builder request = FoundCellRequest.newBuilder();
    identities.forEach(one -> request.addMember(ByteString.copyFrom(one.id().key().toBytes())));
    Transport from = running().getFirst().transport();
    from.request(
        new Peer(id(index), List.of()),
        CellMethods.FOUND,
        Envelope.of(request.build()),
        Duration.ofSeconds(10));
  }

  NodeId id(int index) {
    return identities.get(index).id();
  }

  /** Knows all nodes; those that run are up. */
  private final class Everybody implements Locator {

    @Override
    public Collection<NodeRecord> known() {
      return identities.stream()
          .map(
              identity ->
                  NodeRecord.sign(
                      new NodeDescription(
                          1,
                          List.of(),
                          "",
                          1,
                          1,
                          draining.contains(identity.id()) ? NodeState.DRAINING : NodeState.ACTIVE,
                          Set.of(NodeRole.VOTES)),
                      new IdentitySigner(identity)))
          .toList();
    }

    @Override
    public List<NodeRecord> candidates(Key256 key, Duration timeout) {
      return List.copyOf(known());
    }

    @Override
    public List<NodeRecord> lookUp(Key256 key, Duration timeout) {
      return List.copyOf(known());
    }

    @Override
    public boolean isUp(NodeId node) {
      for (int i = 0; i < nodes.size(); i++) {
        if (id(i).equals(node)) {
          return nodes.get(i) != null;
        }
      }
      return false;
    }

    @Override
    public void suspect(NodeId node) {}
  }

  @Override
  public void close() throws IOException {
    for (int i = 0; i < nodes.size(); i++) {
      stop(i);
    }
    network.close();
  }
}
