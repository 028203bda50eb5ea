package io.cairnfs.node.replication;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.dht.Locator;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.node.blocks.BlockService;
import io.cairnfs.node.store.MemoryBlockStore;
import io.cairnfs.node.store.StoreException;
import io.cairnfs.node.testing.TestCluster;
import io.cairnfs.node.worker.Workers;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.repair.RepairMethods;
import io.cairnfs.protocol.repair.message.DrainReply;
import io.cairnfs.protocol.repair.message.DrainRequest;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.local.LocalNetwork;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Nodes without processes, which keep each other's replicas whole. */
final class TestMembers implements AutoCloseable {

  static final long ROOM = 64 << 20;

  private static final int K = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final ReplicationSettings SETTINGS =
      new ReplicationSettings(
          Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofSeconds(1), 0);

  private final TestCluster cluster = new TestCluster();
  private final LocalNetwork network = new LocalNetwork();
  private final List<Member> members = new ArrayList<>();

  TestCluster cluster() {
    return cluster;
  }

  Member add() {
    return add(cluster, null);
  }

  /**
   * Adds a node that sees the cluster in a way of its own.
   *
   * @param confirmation in place of asking the designated replicas; null to ask them
   */
  Member add(Locator locator, @Nullable Confirmation confirmation) {
    Member member = new Member(locator, confirmation);
    members.add(member);
    return member;
  }

  /** A node without a process: a store, its services and its workers. */
  final class Member {
    final NodeRecord record = cluster.add();
    final DesignatedReplicas replicas;
    MemoryBlockStore store = new MemoryBlockStore(record.id().key(), ROOM);
    Transport transport = network.join(record.id());
    Workers workers = new Workers();
    Replication replication;
    private final @Nullable Confirmation confirmation;

    private Member(Locator locator, @Nullable Confirmation confirmation) {
      this.confirmation = confirmation;
      replicas = new DesignatedReplicas(locator, record.id(), K);
      replication = create();
    }

    private Replication create() {
      Replication created =
          new Replication(
              store,
              replicas,
              transport,
              SETTINGS,
              confirmation == null ? new Offers(store, replicas, transport) : confirmation);
      new BlockService(store, 3, new SimpleMeterRegistry()).register(transport);
      created.register(transport);
      try {
        created.allowDrain(
            transport, state -> cluster.setState(record.id(), state), () -> "", List::of);
      } catch (StoreException | InterruptedException e) {
        throw new AssertionError(e);
      }
      return created;
    }

    void start() {
      replication.start(workers);
    }

    void stop() {
      cluster.setUp(record.id(), false);
      workers.close();
      transport.close();
    }

    void restart() {
      transport = network.join(record.id());
      workers = new Workers();
      replication = create();
      cluster.setUp(record.id(), true);
      start();
    }

    /** An operator asks this node, through any other one. */
    DrainReply drain(DrainRequest.Action action) throws Exception {
      Member other = members.stream().filter(member -> member != this).findFirst().orElseThrow();
      DrainRequest request = DrainRequest.newBuilder().setAction(action).build();
      return other
          .transport
          .request(record.peer(), RepairMethods.DRAIN, Envelope.of(request), Duration.ofSeconds(5))
          .message();
    }

    boolean has(Block block) {
      try {
        return store.have(List.of(block.cid().key())).get(0);
      } catch (StoreException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** How many nodes have a block. */
  long copies(Block block) {
    return members.stream().filter(member -> member.has(block)).count();
  }

  static void eventually(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.call()) {
      assertTrue(System.nanoTime() < deadline, "not within " + PATIENCE + ": " + what);
      Thread.sleep(20);
    }
  }

  @Override
  public void close() {
    members.forEach(member -> member.workers.close());
    network.close();
  }
}
