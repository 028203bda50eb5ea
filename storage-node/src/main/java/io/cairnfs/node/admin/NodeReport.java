package io.cairnfs.node.admin;

import io.cairnfs.dht.Locator;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.node.catchup.Replication;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreFigures;
import io.cairnfs.node.worker.WorkerState;
import io.cairnfs.node.worker.Workers;
import io.cairnfs.protocol.admin.AdminMethods;
import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.admin.message.PeerStatus;
import io.cairnfs.protocol.admin.message.StoreStatus;
import io.cairnfs.protocol.admin.message.WorkerStatus;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/** How a node is, for operators: gathers what its parts say of themselves. Thread-safe. */
public final class NodeReport {

  private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(5);

  private final NodeFacts facts;
  private final BlockStore store;
  private final Head heads;
  private final Locator locator;
  private final Replication replication;
  private final Workers workers;
  private final Supplier<List<String>> addresses;
  private final long startedNanos = System.nanoTime();

  /**
   * @param addresses where the node listens now
   */
  public NodeReport(
      NodeFacts facts,
      BlockStore store,
      Head heads,
      Locator locator,
      Replication replication,
      Workers workers,
      Supplier<List<String>> addresses) {
    this.facts = facts;
    this.store = store;
    this.heads = heads;
    this.locator = locator;
    this.replication = replication;
    this.workers = workers;
    this.addresses = addresses;
  }

  /** Lets a transport answer the methods for operators. */
  public void register(Transport transport) {
    transport.handle(AdminMethods.NODE_STATUS, (caller, request, timeout) -> reply());
  }

  private Envelope<NodeStatusReply> reply() throws WireException, InterruptedException {
    try {
      return Envelope.of(status());
    } catch (HeadException e) {
      throw new WireException(WireError.INTERNAL, "the heads do not answer: " + e.getMessage(), e);
    }
  }

  /** The whole status. */
  public NodeStatusReply status() throws HeadException, InterruptedException {
    NodeStatusReply.Builder status =
        NodeStatusReply.newBuilder()
            .setId(facts.id().toString())
            .setVersion(facts.version())
            .setUptimeMillis(Duration.ofNanos(System.nanoTime() - startedNanos).toMillis())
            .addAllAddress(addresses.get())
            .setZone(facts.zone())
            .setVolumes(heads.list(HEAD_TIMEOUT).size())
            .setUnderReplicated(replication.underReplicated());
    StoreFigures figures = store.figures();
    status.setStore(
        StoreStatus.newBuilder()
            .setBlocks(figures.blocks())
            .setBytes(figures.bytes())
            .setQuarantined(figures.quarantined())
            .setFreeBytes(figures.freeBytes())
            .setCapacityBytes(facts.capacityBytes())
            .setWritable(figures.writable()));
    locator.known().stream()
        .filter(peer -> !peer.id().equals(facts.id()))
        .sorted(Comparator.comparing(NodeRecord::id))
        .forEach(peer -> status.addPeer(describe(peer)));
    workers.states().forEach(worker -> status.addWorker(describe(worker)));
    return status.addAllProblem(problems(figures, status.getPeerCount())).build();
  }

  private PeerStatus describe(NodeRecord peer) {
    PeerStatus.Builder status =
        PeerStatus.newBuilder()
            .setId(peer.id().toString())
            .setAlive(locator.isUp(peer.id()))
            .setZone(peer.zone())
            .setUnconfirmed(replication.unconfirmed(peer.id()));
    for (InetSocketAddress address : peer.addresses()) {
      status.addAddress(address.getHostString() + ":" + address.getPort());
    }
    return status.build();
  }

  private static WorkerStatus describe(WorkerState worker) {
    return WorkerStatus.newBuilder()
        .setName(worker.name())
        .setState(worker.activity().name())
        .setDetail(worker.detail())
        .build();
  }

  private List<String> problems(StoreFigures figures, int peers) {
    List<String> problems = new ArrayList<>();
    if (figures.quarantined() > 0) {
      problems.add(figures.quarantined() + " damaged blocks wait for repair");
    }
    if (!figures.writable()) {
      problems.add("no blocks are taken: the disk or the capacity is full, or writing fails");
    }
    if (facts.expectsPeers() && peers == 0) {
      problems.add("no other node of the cluster was reached yet");
    }
    for (WorkerState worker : workers.states()) {
      if (worker.activity() == WorkerState.Activity.FAILING) {
        problems.add(worker.name() + " fails: " + worker.detail());
      }
    }
    return problems;
  }
}
