package io.cairnfs.node.admin;

import io.cairnfs.dht.Locator;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.node.head.HostedHeads;
import io.cairnfs.node.replication.Replication;
import io.cairnfs.node.scrub.Scrub;
import io.cairnfs.node.scrub.ScrubFigures;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreFigures;
import io.cairnfs.node.worker.WorkerState;
import io.cairnfs.node.worker.Workers;
import io.cairnfs.protocol.admin.AdminMethods;
import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.admin.message.PeerStatus;
import io.cairnfs.protocol.admin.message.StoreStatus;
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
import org.jspecify.annotations.Nullable;

/** How a node is, for operators: gathers what its parts say of themselves. Thread-safe. */
public final class NodeReport {

  private final NodeFacts facts;
  private final BlockStore store;
  private final HostedHeads heads;
  private final Locator locator;
  private final Replication replication;
  private final Workers workers;
  private final Backlog backlog;
  private final @Nullable Scrub scrub;
  private final Supplier<List<String>> addresses;
  private final long startedNanos = System.nanoTime();

  /**
   * @param backlog of {@code replication}, measured by a worker of the node
   * @param scrub null if the node does not read its blocks again
   * @param addresses where the node listens now
   */
  public NodeReport(
      NodeFacts facts,
      BlockStore store,
      HostedHeads heads,
      Locator locator,
      Replication replication,
      Workers workers,
      Backlog backlog,
      @Nullable Scrub scrub,
      Supplier<List<String>> addresses) {
    this.facts = facts;
    this.store = store;
    this.heads = heads;
    this.locator = locator;
    this.replication = replication;
    this.workers = workers;
    this.backlog = backlog;
    this.scrub = scrub;
    this.addresses = addresses;
  }

  /** Lets a transport answer the methods for operators. */
  public void register(Transport transport) {
    transport.handle(AdminMethods.NODE_STATUS, (caller, request, timeout) -> reply());
    new WorkerService(workers).register(transport);
  }

  private Envelope<NodeStatusReply> reply() throws WireException {
    try {
      return Envelope.of(status());
    } catch (HeadException e) {
      throw new WireException(WireError.INTERNAL, "the heads do not answer: " + e.getMessage(), e);
    }
  }

  /** The whole status. */
  public NodeStatusReply status() throws HeadException {
    NodeStatusReply.Builder status =
        NodeStatusReply.newBuilder()
            .setId(facts.id().toString())
            .setVersion(facts.version())
            .setUptimeMillis(Duration.ofNanos(System.nanoTime() - startedNanos).toMillis())
            .addAllAddress(addresses.get())
            .setZone(facts.zone())
            .setVolumes(heads.list().size())
            .setState(state())
            .setUnderReplicated(backlog.missing());
    backlog.secondsLeft().ifPresent(status::setUnderReplicatedEtaSeconds);
    StoreFigures figures = store.figures();
    status.setStore(
        StoreStatus.newBuilder()
            .setBlocks(figures.blocks())
            .setBytes(figures.bytes())
            .setQuarantined(figures.quarantined())
            .setGarbageBlocks(figures.garbageBlocks())
            .setGarbageBytes(figures.garbageBytes())
            .setFreeBytes(figures.freeBytes())
            .setCapacityBytes(facts.capacityBytes())
            .setWritable(figures.writable()));
    locator.known().stream()
        .filter(peer -> !peer.id().equals(facts.id()))
        .sorted(Comparator.comparing(NodeRecord::id))
        .forEach(peer -> status.addPeer(describe(peer)));
    ScrubFigures scrubbed = scrub == null ? null : scrub.figures();
    if (scrubbed != null) {
      status.setScrub(ScrubMessages.encode(scrubbed));
    }
    workers.states().forEach(worker -> status.addWorker(WorkerService.describe(worker)));
    return status.addAllProblem(problems(figures, scrubbed, status.getPeerCount())).build();
  }

  private PeerStatus describe(NodeRecord peer) {
    PeerStatus.Builder status =
        PeerStatus.newBuilder()
            .setId(peer.id().toString())
            .setAlive(locator.isUp(peer.id()))
            .setZone(peer.zone())
            .setState(peer.state().name())
            .setUnconfirmed(replication.unconfirmed(peer.id()));
    for (InetSocketAddress address : peer.addresses()) {
      status.addAddress(address.getHostString() + ":" + address.getPort());
    }
    return status.build();
  }

  /** What this node tells others of itself. */
  private String state() {
    return locator.known().stream()
        .filter(node -> node.id().equals(facts.id()))
        .findFirst()
        .map(NodeRecord::state)
        .orElse(NodeState.ACTIVE)
        .name();
  }

  private List<String> problems(StoreFigures figures, @Nullable ScrubFigures scrubbed, int peers) {
    List<String> problems = new ArrayList<>();
    if (figures.quarantined() > 0) {
      problems.add(figures.quarantined() + " damaged blocks wait for repair");
    }
    if (!figures.writable()) {
      problems.add("no blocks are taken: the disk or the capacity is full, or writing fails");
    }
    if (scrubbed != null && scrubbed.late()) {
      problems.add(
          "blocks were not all read again within twice "
              + scrubbed.period().toDays()
              + " days: is the worker scrub paused, or its budget too low?");
    }
    if (facts.expectsPeers() && peers == 0) {
      problems.add("no other node of the cluster was reached yet");
    }
    problems.addAll(replication.complaints());
    for (WorkerState worker : workers.states()) {
      if (worker.activity() == WorkerState.Activity.FAILING) {
        problems.add(worker.name() + " fails: " + worker.detail());
      }
    }
    return problems;
  }
}
