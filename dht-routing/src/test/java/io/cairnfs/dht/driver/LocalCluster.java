package io.cairnfs.dht.driver;

import static org.junit.jupiter.api.Assertions.fail;

import io.cairnfs.dht.core.DhtConfig;
import io.cairnfs.dht.core.DhtTiming;
import io.cairnfs.dht.record.IdentitySigner;
import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.local.LocalNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/** Participants in one process that are pinged often, so that tests are short. */
final class LocalCluster implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(20);

  static final DhtConfig CONFIG =
      DhtConfig.defaults()
          .withTiming(DhtTiming.defaults().withProbeInterval(400).withRequestTimeout(1000));

  /** A participant that can be stopped. */
  record Member(Identity identity, Transport transport, DhtNode dht) implements AutoCloseable {

    Peer peer() {
      return new Peer(identity.id(), List.of());
    }

    /** Its process dies. */
    @Override
    public void close() {
      transport.close();
      dht.close();
    }
  }

  final LocalNetwork network = new LocalNetwork();
  final List<Member> members = new ArrayList<>();

  Member start(Identity identity, DhtOptions options, int port) throws IOException {
    Transport transport = network.join(identity.id());
    NodeDescription description =
        new NodeDescription(
            1,
            List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)),
            "",
            1L << 40,
            1L << 40,
            NodeState.ACTIVE,
            Set.of(NodeRole.STORES_BLOCKS));
    DhtNode dht = DhtNode.create(transport, new IdentitySigner(identity), description, options);
    Member member = new Member(identity, transport, dht);
    members.add(member);
    dht.start();
    return member;
  }

  Member start(DhtOptions options) throws IOException {
    return start(Identity.generate(), options, 7440 + members.size());
  }

  /** Nodes that all join by the first. */
  List<Member> nodes(int count) throws IOException, InterruptedException {
    List<Member> nodes = new ArrayList<>();
    nodes.add(start(options()));
    for (int i = 1; i < count; i++) {
      nodes.add(start(options(nodes.getFirst().peer())));
    }
    eventually("all see all", () -> nodes.stream().allMatch(node -> upCount(node, nodes) == count));
    return nodes;
  }

  static long upCount(Member of, List<Member> nodes) {
    return nodes.stream().filter(node -> of.dht.isUp(node.identity.id())).count();
  }

  static DhtOptions options(Peer... bootstrap) {
    return DhtOptions.node(List.of(bootstrap))
        .withConfig(CONFIG)
        .withValidator(TestValues::isValid);
  }

  static DhtOptions client(Peer... bootstrap) {
    return options(bootstrap).withConfig(CONFIG.asClient());
  }

  /** Waits for a condition. Returns how long it took. */
  static Duration eventually(String what, Callable<Boolean> condition) throws InterruptedException {
    long start = System.nanoTime();
    while (System.nanoTime() - start < PATIENCE.toNanos()) {
      try {
        if (condition.call()) {
          return Duration.ofNanos(System.nanoTime() - start);
        }
      } catch (Exception e) {
        throw new AssertionError(what, e);
      }
      Thread.sleep(10);
    }
    return fail("did not happen: " + what);
  }

  @Override
  public void close() {
    members.forEach(Member::close);
    network.close();
  }
}
