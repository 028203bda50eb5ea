package io.cairnfs.node;

import io.cairnfs.dht.Locator;
import io.cairnfs.dht.placement.Placement;
import io.cairnfs.dht.record.IdentitySigner;
import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.node.admin.Backlog;
import io.cairnfs.node.admin.KnownVolumes;
import io.cairnfs.node.admin.NodeFacts;
import io.cairnfs.node.admin.NodeReport;
import io.cairnfs.node.blocks.BlockService;
import io.cairnfs.node.config.NodeConfig;
import io.cairnfs.node.data.AdmittedFile;
import io.cairnfs.node.head.Checkpoints;
import io.cairnfs.node.head.HeadService;
import io.cairnfs.node.head.RecoveryHeads;
import io.cairnfs.node.head.SnapshotService;
import io.cairnfs.node.head.SnapshotWorker;
import io.cairnfs.node.head.SweepHeads;
import io.cairnfs.node.http.NodeHttp;
import io.cairnfs.node.replication.DesignatedReplicas;
import io.cairnfs.node.replication.Drain;
import io.cairnfs.node.replication.Replication;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.node.scrub.Scrub;
import io.cairnfs.node.store.StoreFigures;
import io.cairnfs.node.store.StoreSettings;
import io.cairnfs.node.sweep.Sweeping;
import io.cairnfs.node.worker.StoredOrders;
import io.cairnfs.node.worker.WorkerMetrics;
import io.cairnfs.node.worker.Workers;
import io.cairnfs.protocol.transport.netty.NettyTransport;
import io.cairnfs.protocol.transport.netty.TransportConfig;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Puts a node together. It goes from the disk to the door: storage, transport and services first,
 * then it listens and joins the cluster, then its workers begin. What it opens is added to the
 * parts, which close in the opposite order.
 */
final class NodeAssembly {

  private final NodeConfig config;
  private final String version;
  private final Membership.Factory memberships;
  private final Cleanup parts;
  private final List<String> addresses = new CopyOnWriteArrayList<>();

  NodeAssembly(NodeConfig config, String version, Membership.Factory memberships, Cleanup parts) {
    this.config = config;
    this.version = version;
    this.memberships = memberships;
    this.parts = parts;
  }

  Node build() throws IOException {
    NodeStorage storage = openStorage();
    NodeMetrics metrics = parts.add(new NodeMetrics());
    NettyTransport transport = openTransport(storage);
    Membership membership =
        parts.add(memberships.create(transport, new IdentitySigner(storage.identity())));
    Locator locator = membership.locator();
    NodeCells cells = parts.add(NodeCells.open(config, storage, transport, membership));
    Workers workers = parts.add(new Workers(open(() -> StoredOrders.of(storage.store()))));

    DesignatedReplicas replicas =
        new DesignatedReplicas(locator, storage.id(), Placement.DEFAULT_K);
    Replication replication =
        new Replication(storage.store(), replicas, transport, config.repair().replication());
    long capacityBytes = capacityBytes();
    NodeFacts facts =
        new NodeFacts(
            storage.id(), version, config.zone(), capacityBytes, !config.bootstrap().isEmpty());
    Backlog backlog = new Backlog(replication::underReplicated);
    Scrub scrub =
        config.scrub().isOff() ? null : open(() -> new Scrub(storage.store(), config.scrub()));
    NodeReport report =
        new NodeReport(
            facts,
            storage.store(),
            cells.heads(),
            locator,
            replication,
            workers,
            backlog,
            scrub,
            () -> addresses);
    Sweeping sweeping = open(() -> new Sweeping(storage.store(), config.grace()));
    registerServices(storage, transport, metrics, replication, sweeping, cells, report);
    new KnownVolumes(membership::foundings).register(transport);

    NodeState state = allowDrain(storage, transport, membership, cells, replication);
    InetSocketAddress bound = (InetSocketAddress) transport.listen(config.listen());
    StoreFigures figures = storage.store().figures();
    long shareBytes = SpaceAnnouncer.capacity(capacityBytes, capacityBytes, figures);
    NodeDescription self = describe(bound, shareBytes, figures.freeBytes(), state);
    self.addresses()
        .forEach(address -> addresses.add(address.getHostString() + ":" + address.getPort()));
    membership.join(self, config.bootstrap());
    replication.start(workers);
    sweeping.start(workers);
    cells.start(workers);
    workers.start(new SnapshotWorker(cells.heads(), InstantSource.system()));
    workers.start(
        new SpaceAnnouncer(
            storage.store(), membership, capacityBytes, shareBytes, figures.freeBytes()));
    if (config.roles().contains(NodeRole.VOTES)) {
      workers.start(
          new Checkpoints(
              cells.heads(), membership.volumes(), storage.identity(), InstantSource.system()));
    }
    workers.start(backlog);
    if (scrub != null) {
      workers.start(scrub);
      metrics.bind(scrub);
    }

    metrics.bind(storage.store());
    WorkerMetrics.bind(metrics.registry(), workers);
    metrics.bind(replication, locator);
    metrics.bind(storage.database());
    return new Node(parts, storage.id(), bound, startHttp(metrics, report), locator, report);
  }

  private NodeStorage openStorage() throws IOException {
    RocksSettings rocks =
        switch (config.memory()) {
          case MODERATE -> RocksSettings.MODERATE;
          case LARGE -> RocksSettings.LARGE;
        };
    StoreSettings settings =
        StoreSettings.DEFAULT.withCapacity(config.capacityBytes().orElse(Long.MAX_VALUE));
    return parts.add(NodeStorage.open(config.data(), rocks, settings));
  }

  /** Opens a part that reads what it has kept in the store. */
  @FunctionalInterface
  private interface Opening<T> {
    T open() throws IOException, InterruptedException;
  }

  private static <T> T open(Opening<T> opening) throws IOException {
    try {
      return opening.open();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the node was started");
    }
  }

  private NettyTransport openTransport(NodeStorage storage) throws IOException {
    AdmittedFile admitted = parts.add(new AdmittedFile(storage.directory().admitted()));
    return parts.add(
        NettyTransport.open(
            storage.identity(),
            ClusterSecrets.admission(config, storage.directory(), storage.id(), admitted),
            TransportConfig.defaults()));
  }

  private void registerServices(
      NodeStorage storage,
      NettyTransport transport,
      NodeMetrics metrics,
      Replication replication,
      Sweeping sweeping,
      NodeCells cells,
      NodeReport report) {
    if (config.roles().contains(NodeRole.STORES_BLOCKS)) {
      new BlockService(storage.store(), DesignatedReplicas.DEFAULT_REPLICATION, metrics.registry())
          .register(transport);
      replication.register(transport);
      sweeping.register(transport);
    }
    if (config.roles().contains(NodeRole.VOTES)) {
      HeadService.register(transport, cells.heads());
      SnapshotService.register(transport, cells.heads());
      new SweepHeads(cells.heads()).register(transport);
      new RecoveryHeads(cells.heads()).register(transport);
    }
    report.register(transport);
  }

  /** Returns what the node has said of itself before it was stopped. */
  private NodeState allowDrain(
      NodeStorage storage,
      NettyTransport transport,
      Membership membership,
      NodeCells cells,
      Replication replication)
      throws IOException {
    if (!config.roles().contains(NodeRole.STORES_BLOCKS)) {
      return NodeState.ACTIVE;
    }
    Departure departure = new Departure(storage.heads(), cells);
    try {
      replication.allowDrain(
          transport, membership::announceState, departure::veto, departure::obstacles);
      return Drain.stateOf(storage.store());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the node was started");
    }
  }

  private Optional<InetSocketAddress> startHttp(NodeMetrics metrics, NodeReport report)
      throws IOException {
    if (!config.roles().contains(NodeRole.SERVES_HTTP)) {
      return Optional.empty();
    }
    return Optional.of(
        parts.add(NodeHttp.start(config.http(), metrics.registry(), report)).address());
  }

  private NodeDescription describe(
      InetSocketAddress bound, long capacityBytes, long freeBytes, NodeState state)
      throws IOException {
    return new NodeDescription(
        1,
        ReachableAddresses.of(config.advertise(), bound),
        config.zone(),
        capacityBytes,
        freeBytes,
        state,
        config.roles(),
        config.repair().rebuildAfter().toMillis());
  }

  /** What the operator offers, or what the disk has. */
  private long capacityBytes() throws IOException {
    long disk = Files.getFileStore(config.data()).getTotalSpace();
    return Math.min(disk, config.capacityBytes().orElse(disk));
  }
}
