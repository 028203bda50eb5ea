package io.cairnfs.node;

import io.cairnfs.dht.Locator;
import io.cairnfs.dht.placement.Placement;
import io.cairnfs.dht.record.IdentitySigner;
import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.node.admin.NodeFacts;
import io.cairnfs.node.admin.NodeReport;
import io.cairnfs.node.blocks.BlockService;
import io.cairnfs.node.catchup.DesignatedReplicas;
import io.cairnfs.node.catchup.Replication;
import io.cairnfs.node.config.NodeConfig;
import io.cairnfs.node.data.AdmittedFile;
import io.cairnfs.node.head.HeadService;
import io.cairnfs.node.head.SnapshotService;
import io.cairnfs.node.http.NodeHttp;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.node.store.StoreSettings;
import io.cairnfs.node.worker.Workers;
import io.cairnfs.protocol.transport.netty.NettyTransport;
import io.cairnfs.protocol.transport.netty.TransportConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Puts a node together. It goes from the disk to the door: storage, transport and services first,
 * then it listens and joins the cluster, then its workers begin. What it opens is added to the
 * parts, which close in the opposite order.
 */
final class NodeAssembly {

  /** What a put without a replication means. */
  private static final int DEFAULT_REPLICATION = 3;

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
    Workers workers = parts.add(new Workers());

    DesignatedReplicas replicas =
        new DesignatedReplicas(locator, storage.id(), Placement.DEFAULT_K);
    Replication replication =
        new Replication(
            storage.store(), replicas, transport, Replication.SETTLE, Replication.INTERVAL);
    long capacityBytes = capacityBytes();
    NodeFacts facts =
        new NodeFacts(
            storage.id(), version, config.zone(), capacityBytes, !config.bootstrap().isEmpty());
    NodeReport report =
        new NodeReport(
            facts,
            storage.store(),
            storage.heads(),
            locator,
            replication,
            workers,
            () -> addresses);
    registerServices(storage, transport, metrics, replication, report);

    InetSocketAddress bound = (InetSocketAddress) transport.listen(config.listen());
    NodeDescription self = describe(bound, capacityBytes, storage.store().figures().freeBytes());
    self.addresses()
        .forEach(address -> addresses.add(address.getHostString() + ":" + address.getPort()));
    membership.join(self, config.bootstrap());
    replication.start(workers);
    workers.start(storage.snapshotWorker());
    workers.start(new SpaceAnnouncer(storage.store(), membership, capacityBytes, self.freeBytes()));

    metrics.bind(storage.store());
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
      NodeReport report) {
    if (config.roles().contains(NodeRole.STORES_BLOCKS)) {
      new BlockService(storage.store(), DEFAULT_REPLICATION, metrics.registry())
          .register(transport);
      replication.register(transport);
    }
    if (config.roles().contains(NodeRole.VOTES)) {
      HeadService.register(transport, storage.heads());
      SnapshotService.register(transport, storage.snapshots());
    }
    report.register(transport);
  }

  private Optional<InetSocketAddress> startHttp(NodeMetrics metrics, NodeReport report)
      throws IOException {
    if (!config.roles().contains(NodeRole.SERVES_HTTP)) {
      return Optional.empty();
    }
    return Optional.of(
        parts.add(NodeHttp.start(config.http(), metrics.registry(), report)).address());
  }

  private NodeDescription describe(InetSocketAddress bound, long capacityBytes, long freeBytes)
      throws IOException {
    return new NodeDescription(
        1,
        ReachableAddresses.of(config.advertise(), bound),
        config.zone(),
        capacityBytes,
        freeBytes,
        NodeState.ACTIVE,
        config.roles());
  }

  /** What the operator offers, or what the disk has. */
  private long capacityBytes() throws IOException {
    long disk = Files.getFileStore(config.data()).getTotalSpace();
    return Math.min(disk, config.capacityBytes().orElse(disk));
  }
}
