package io.cairnfs.node.head.raft;

import io.cairnfs.node.head.RocksBodies;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.ExitUtils;

/**
 * This node as a voter of cells: which ones it votes in, and who votes with it. Thread-safe; its
 * methods may wait for a disk and for other voters.
 */
public final class RaftVoter implements AutoCloseable {

  /** A voter that answers leads within this time. */
  private static final long YIELD_MILLIS = 3_000;

  private final RaftServer server;
  private final Map<RaftGroupId, RaftEngine> engines;
  private final ClientId client = ClientId.randomId();
  private final AtomicLong calls = new AtomicLong();

  private RaftVoter(RaftServer server, Map<RaftGroupId, RaftEngine> engines) {
    this.server = server;
    this.engines = engines;
  }

  /**
   * Prepares a voter, which takes part in the cells that it took part in before once it is started.
   *
   * @param directory of its own, made if it is missing
   * @param transport not listening yet
   * @param bodies makes access to where the bodies of one cell's commits rest
   */
  public static RaftVoter open(
      Path directory,
      Transport transport,
      PeerFinder peers,
      Supplier<RocksBodies> bodies,
      VoterTiming timing)
      throws IOException {
    // A voter that fails must not end the process, which has other duties.
    ExitUtils.disableSystemExit();
    ExitUtils.setTerminateOnUncaughtException(false);
    Files.createDirectories(directory);
    VoterLinks links = new VoterLinks(transport, peers, timing.call());
    Map<RaftGroupId, RaftEngine> engines = new ConcurrentHashMap<>();
    // Ratis asks for the state machines of old cells on its own threads, while it is being built.
    CompletableFuture<RaftServer> built = new CompletableFuture<>();
    try {
      RaftServer server =
          RaftServer.newBuilder()
              .setServerId(peerId(links.self()))
              .setStateMachineRegistry(
                  cell -> {
                    RaftEngine engine = new RaftEngine(built.join(), cell, bodies.get());
                    engines.put(cell, engine);
                    return engine.machine();
                  })
              .setProperties(VoterProperties.of(directory, timing))
              .setParameters(TransportRpcType.parameters(links))
              .setOption(RaftStorage.StartupOption.RECOVER)
              .build();
      built.complete(server);
      return new RaftVoter(server, engines);
    } catch (IOException | RuntimeException e) {
      built.completeExceptionally(e);
      throw e;
    }
  }

  /** Begins to take part, once others can be reached. */
  public void start() throws IOException {
    server.start();
  }

  /**
   * Enters a cell, or stays in it.
   *
   * @param members the first members of a new cell; empty for one whose leader is about to take
   *     this node in
   */
  public RaftEngine join(CellId cell, Collection<NodeId> members) throws IOException {
    RaftGroupId id = groupId(cell);
    if (!engines.containsKey(id)) {
      RaftGroup group = RaftGroup.valueOf(id, members.stream().map(RaftVoter::peer).toList());
      check(
          server.groupManagement(
              GroupManagementRequest.newAdd(
                  client, server.getId(), calls.incrementAndGet(), group)));
    }
    RaftEngine engine = engines.get(id);
    if (engine == null) {
      throw new IOException("cell " + cell + " was left at the same time");
    }
    return engine;
  }

  /** Leaves a cell for good, of whose members this node is not one any more. */
  public void leave(CellId cell) throws IOException {
    RaftGroupId id = groupId(cell);
    RaftEngine engine = engines.remove(id);
    if (engine != null) {
      engine.close();
      check(
          server.groupManagement(
              GroupManagementRequest.newRemove(
                  client, server.getId(), calls.incrementAndGet(), id, true, false)));
    }
  }

  /** The members of a cell, as far as this node knows. */
  public List<NodeId> members(CellId cell) throws IOException {
    return server.getDivision(groupId(cell)).getRaftConf().getAllPeers().stream()
        .map(peer -> NodeId.parse(peer.getId().toString()))
        .sorted()
        .toList();
  }

  /** Whether a node leads a cell, as far as this one knows. */
  public boolean isLeader(CellId cell, NodeId node) throws IOException {
    return peerId(node).equals(server.getDivision(groupId(cell)).getInfo().getLeaderId());
  }

  /**
   * Puts other members in the place of a cell's, of which this node is the leader. Most of them
   * stay; new ones have joined the cell before.
   *
   * @throws IOException if it did not happen, or it is not known
   */
  public void change(CellId cell, Collection<NodeId> members) throws IOException {
    check(
        server.setConfiguration(
            new SetConfigurationRequest(
                client,
                server.getId(),
                groupId(cell),
                calls.incrementAndGet(),
                members.stream().map(RaftVoter::peer).toList())));
  }

  /**
   * Lets another voter lead a cell, of which this node is the leader.
   *
   * @throws IOException if it did not happen, or it is not known
   */
  public void yieldLead(CellId cell, NodeId to) throws IOException {
    check(
        server.transferLeadership(
            new TransferLeadershipRequest(
                client,
                server.getId(),
                groupId(cell),
                calls.incrementAndGet(),
                peerId(to),
                YIELD_MILLIS)));
  }

  private static void check(RaftClientReply reply) throws IOException {
    if (reply.getException() != null) {
      throw reply.getException();
    }
  }

  private static RaftGroupId groupId(CellId cell) {
    return RaftGroupId.valueOf(cell.uuid());
  }

  private static RaftPeer peer(NodeId node) {
    return RaftPeer.newBuilder().setId(peerId(node)).build();
  }

  private static RaftPeerId peerId(NodeId node) {
    return RaftPeerId.valueOf(node.toString());
  }

  /** Stops taking part; the others go on. */
  @Override
  public void close() throws IOException {
    engines.values().forEach(RaftEngine::close);
    server.close();
  }
}
