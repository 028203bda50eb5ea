package io.cairnfs.node;

import io.cairnfs.dht.Locator;
import io.cairnfs.dht.placement.Placement;
import io.cairnfs.dht.record.IdentitySigner;
import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.node.admin.Backlog;
import io.cairnfs.node.admin.KnownVolumes;
import io.cairnfs.node.admin.NodeFacts;
import io.cairnfs.node.admin.NodeReport;
import io.cairnfs.node.blocks.BlockService;
import io.cairnfs.node.cell.NoCells;
import io.cairnfs.node.config.ScrubSettings;
import io.cairnfs.node.head.HeadService;
import io.cairnfs.node.head.HostedHeads;
import io.cairnfs.node.head.RecoveryHeads;
import io.cairnfs.node.head.SnapshotService;
import io.cairnfs.node.head.SnapshotWorker;
import io.cairnfs.node.head.SweepHeads;
import io.cairnfs.node.replication.DesignatedReplicas;
import io.cairnfs.node.replication.Replication;
import io.cairnfs.node.replication.ReplicationSettings;
import io.cairnfs.node.rocks.RocksSettings;
import io.cairnfs.node.scrub.Scrub;
import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreSettings;
import io.cairnfs.node.sweep.Sweeping;
import io.cairnfs.node.worker.StoredOrders;
import io.cairnfs.node.worker.Workers;
import io.cairnfs.protocol.admission.ClosedAdmission;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.netty.NettyTransport;
import io.cairnfs.protocol.transport.netty.TransportConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A node inside another program: the same store and heads as any node, alone, without a port. Its
 * owner calls it in process, through {@link #transport} and {@link #self}, or directly; other
 * programs of the same user through a socket file, if {@link #listen} was called. Thread-safe.
 */
public final class EmbeddedNode implements AutoCloseable {

  /** One disk, one copy. */
  private static final int REPLICATION = 1;

  /** Longer than anything that was stored waits to be committed. */
  private static final Duration GRACE = Duration.ofMinutes(10);

  /** What ending the sessions of a process that was killed may take: a few small writes. */
  private static final Duration END_SESSIONS = Duration.ofSeconds(10);

  private final NodeStorage storage;
  private final NettyTransport transport;
  private final Locator locator;
  private final Workers workers;
  private final List<String> addresses;

  private EmbeddedNode(
      NodeStorage storage,
      NettyTransport transport,
      Locator locator,
      Workers workers,
      List<String> addresses) {
    this.storage = storage;
    this.transport = transport;
    this.locator = locator;
    this.workers = workers;
    this.addresses = addresses;
  }

  /**
   * Opens the node, making its data directory at the first time.
   *
   * @param version of the program, for the status
   * @throws IOException if the directory is in use, of another format, damaged, or cannot be read
   *     or written
   */
  public static EmbeddedNode open(Path data, String version) throws IOException {
    try (Cleanup cleanup = new Cleanup()) {
      NodeStorage storage =
          cleanup.add(NodeStorage.open(data, RocksSettings.MODERATE, StoreSettings.DEFAULT));
      storage.heads().endAllSessions(END_SESSIONS);
      NettyTransport transport = cleanup.add(transport(storage));
      long capacityBytes = Files.getFileStore(data).getTotalSpace();
      Locator locator = new SelfLocator(record(storage, capacityBytes));
      Workers workers = cleanup.add(new Workers(StoredOrders.of(storage.store())));
      List<String> addresses = new CopyOnWriteArrayList<>();

      DesignatedReplicas replicas =
          new DesignatedReplicas(locator, storage.id(), Placement.DEFAULT_K);
      Replication replication =
          new Replication(storage.store(), replicas, transport, ReplicationSettings.DEFAULT);
      replication.startAlone();
      NodeFacts facts = new NodeFacts(storage.id(), version, "", capacityBytes, false);
      new BlockService(storage.store(), REPLICATION, new SimpleMeterRegistry()).register(transport);
      NoCells.register(transport);
      HostedHeads heads = HostedHeads.only(storage.hosted());
      HeadService.register(transport, heads);
      SnapshotService.register(transport, heads);
      new SweepHeads(heads).register(transport);
      new RecoveryHeads(heads).register(transport);
      Scrub scrub = new Scrub(storage.store(), ScrubSettings.DEFAULT);
      Backlog backlog = new Backlog(replication::underReplicated);
      new NodeReport(
              facts,
              storage.store(),
              heads,
              locator,
              replication,
              workers,
              backlog,
              scrub,
              () -> addresses)
          .register(transport);
      new KnownVolumes(List::of).register(transport);
      workers.start(new SnapshotWorker(heads, InstantSource.system()));
      Sweeping sweeping = new Sweeping(storage.store(), GRACE);
      sweeping.register(transport);
      sweeping.start(workers);
      workers.start(scrub);
      cleanup.keep();
      return new EmbeddedNode(storage, transport, locator, workers, addresses);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the node was opened");
    }
  }

  /**
   * Nobody is admitted over the internet; programs of the same user come through the socket file.
   */
  private static NettyTransport transport(NodeStorage storage) {
    ClosedAdmission nobody = new ClosedAdmission(storage.id(), Set.of(), null, admitted -> {});
    return NettyTransport.open(storage.identity(), nobody, TransportConfig.defaults());
  }

  private static NodeRecord record(NodeStorage storage, long capacityBytes) {
    NodeDescription description =
        new NodeDescription(
            1,
            List.of(),
            "",
            capacityBytes,
            storage.store().figures().freeBytes(),
            NodeState.ACTIVE,
            Set.of(NodeRole.STORES_BLOCKS, NodeRole.VOTES));
    return NodeRecord.sign(description, new IdentitySigner(storage.identity()));
  }

  /**
   * Lets other programs of the same user call the node.
   *
   * @param socket a file that is made, with mode 0600, and removed at the end
   */
  public void listen(Path socket) throws IOException {
    transport.listen(UnixDomainSocketAddress.of(socket));
    addresses.add(socket.toString());
  }

  public NodeId id() {
    return storage.id();
  }

  /** How to call this node in process, through {@link #transport}. */
  public Peer self() {
    return new Peer(id(), List.of());
  }

  /** Calls to {@link #self} stay in process. */
  public Transport transport() {
    return transport;
  }

  /** Knows this node only. */
  public Locator locator() {
    return locator;
  }

  /** The heads, without a transport between. */
  public Head heads() {
    return storage.heads();
  }

  /** The blocks, without a transport between. */
  public BlockStore store() {
    return storage.store();
  }

  /** Stops answering, then closes the store: what was acknowledged is on disk already. */
  @Override
  public void close() throws IOException {
    try (Cleanup cleanup = new Cleanup()) {
      cleanup.add(storage);
      cleanup.add(transport);
      cleanup.add(workers);
    }
  }
}
