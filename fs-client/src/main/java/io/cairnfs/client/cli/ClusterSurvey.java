package io.cairnfs.client.cli;

import io.cairnfs.client.head.RemoteHead;
import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.admin.message.PeerStatus;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeInfo;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * What every node of a cluster says of itself, and which volumes have no head that answers. Asks
 * all nodes at the same time, so that one that hangs costs its own timeout only.
 */
final class ClusterSurvey {

  /** For one question about heads: a person waits. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Connector.Connection connection;

  private ClusterSurvey(Connector.Connection connection) {
    this.connection = connection;
  }

  /**
   * A node and how it is.
   *
   * @param id 64 hexadecimal digits
   * @param addresses where it listens
   * @param state ACTIVE, DRAINING or LEAVING, as far as it is known
   * @param status null if it did not answer
   */
  record NodeReport(
      String id, List<String> addresses, String state, @Nullable NodeStatusReply status) {}

  /**
   * The answers.
   *
   * @param nodes the one that was asked first, then those that it knows
   * @param headless volumes that the cluster knows and whose heads do not answer
   */
  record Result(List<NodeReport> nodes, List<Founding> headless) {}

  /** What a node knows of volumes. */
  private record Volumes(List<Founding> known, List<VolumeInfo> hosted) {}

  /** Asks one node, then each that it knows. */
  static Result of(Connector.Connection connection)
      throws IOException, WireException, InterruptedException {
    return new ClusterSurvey(connection).run();
  }

  private Result run() throws IOException, WireException, InterruptedException {
    NodeStatusReply first = client(connection.node()).status();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<NodeReport>> asked =
          first.getPeerList().stream().map(peer -> threads.submit(() -> ask(peer))).toList();
      List<NodeReport> nodes = new ArrayList<>();
      nodes.add(new NodeReport(first.getId(), first.getAddressList(), first.getState(), first));
      for (Future<NodeReport> one : asked) {
        nodes.add(await(one));
      }
      List<Peer> up = new ArrayList<>();
      up.add(connection.node());
      for (NodeReport node : nodes.subList(1, nodes.size())) {
        if (node.status() != null) {
          peer(node.id(), node.addresses()).ifPresent(up::add);
        }
      }
      return new Result(nodes, headless(up, threads));
    }
  }

  private NodeClient client(Peer node) {
    return new NodeClient(connection.transport(), node);
  }

  private NodeReport ask(PeerStatus peer) throws InterruptedException {
    NodeStatusReply status = null;
    Optional<Peer> target = peer(peer.getId(), peer.getAddressList());
    if (peer.getAlive() && target.isPresent()) {
      try {
        status = client(target.get()).status();
      } catch (WireException e) {
        // shown as down
      }
    }
    String state = status == null ? peer.getState() : status.getState();
    return new NodeReport(peer.getId(), peer.getAddressList(), state, status);
  }

  private static Optional<Peer> peer(String id, List<String> addresses) {
    try {
      return Optional.of(NettyConnector.peer(id, addresses));
    } catch (CommandException e) {
      return Optional.empty(); // an address that means nothing here
    }
  }

  private List<Founding> headless(List<Peer> up, ExecutorService threads)
      throws IOException, InterruptedException {
    List<Future<Volumes>> asked =
        up.stream().map(node -> threads.submit(() -> volumes(node))).toList();
    Map<VolumeId, Founding> known = new LinkedHashMap<>();
    Set<VolumeId> served = new HashSet<>();
    for (Future<Volumes> one : asked) {
      Volumes volumes = await(one);
      volumes.known().forEach(founding -> known.putIfAbsent(founding.volume(), founding));
      for (VolumeInfo hosted : volumes.hosted()) {
        known.put(hosted.founding().volume(), hosted.founding());
        if (hosted.founding().cell() == null) {
          served.add(hosted.founding().volume());
        }
      }
    }
    Map<CellId, Future<Boolean>> cells = new LinkedHashMap<>();
    for (Founding founding : known.values()) {
      CellId cell = founding.cell();
      if (cell != null) {
        cells.computeIfAbsent(cell, unused -> threads.submit(() -> answers(founding, up)));
      }
    }
    List<Founding> headless = new ArrayList<>();
    for (Founding founding : known.values()) {
      Future<Boolean> cell = founding.cell() == null ? null : cells.get(founding.cell());
      if (cell == null ? !served.contains(founding.volume()) : !await(cell)) {
        headless.add(founding);
      }
    }
    return headless;
  }

  private Volumes volumes(Peer node) throws InterruptedException {
    List<Founding> known = new ArrayList<>();
    try {
      client(node).knownVolumes(known::add);
    } catch (WireException e) {
      // others keep the same records
    }
    try {
      return new Volumes(
          known, new RemoteHead(connection.transport(), () -> List.of(node)).list(TIMEOUT));
    } catch (HeadException e) {
      return new Volumes(known, List.of()); // it hosts none, or cannot say now
    }
  }

  /** Whether the cell of a volume has a leader: a voter alone still lists what it hosts. */
  private boolean answers(Founding founding, List<Peer> up) throws InterruptedException {
    try {
      new RemoteHead(connection.transport(), () -> up).info(founding.volume(), TIMEOUT);
      return true;
    } catch (HeadException e) {
      return false;
    }
  }

  private static <T> T await(Future<T> future) throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IOException("a question to the cluster failed: " + e.getCause(), e);
    }
  }
}
