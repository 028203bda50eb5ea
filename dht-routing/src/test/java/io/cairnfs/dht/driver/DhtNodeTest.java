package io.cairnfs.dht.driver;

import static io.cairnfs.dht.driver.LocalCluster.PATIENCE;
import static io.cairnfs.dht.driver.LocalCluster.eventually;
import static io.cairnfs.dht.driver.LocalCluster.options;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cairnfs.dht.core.DhtConfig;
import io.cairnfs.dht.core.Liveness;
import io.cairnfs.dht.core.Output;
import io.cairnfs.dht.driver.LocalCluster.Member;
import io.cairnfs.dht.record.Ed25519Verifier;
import io.cairnfs.dht.record.IdentitySigner;
import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.dht.testing.TestNodes;
import io.cairnfs.protocol.dht.DhtMethods;
import io.cairnfs.protocol.dht.FindNodeRequest;
import io.cairnfs.protocol.dht.PingRequest;
import io.cairnfs.protocol.dht.SignedNodeRecord;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.local.LinkRule;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real drivers with real clocks and signatures over the transport within one process. */
@Timeout(60)
final class DhtNodeTest {

  private static final Key256 KEY = TestNodes.key(0x5a);

  private final LocalCluster cluster = new LocalCluster();

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void nodesThatJoinByOneSeeEachOther() throws Exception {
    List<Member> nodes = cluster.nodes(5);
    for (Member node : nodes) {
      assertTrue(node.dht().awaitJoined(PATIENCE));
      assertEquals(5, node.dht().known().size());
      assertEquals(
          ids(nodes.getFirst().dht().candidates(KEY, PATIENCE)),
          ids(node.dht().candidates(KEY, PATIENCE)));
      assertEquals(5, node.dht().lookUp(KEY, PATIENCE).size());
      assertEquals(4, node.dht().status().peers().size());
    }
  }

  /** With the default intervals. */
  @Test
  void aNodeThatDiesIsNoticedInSeconds() throws Exception {
    Member first = cluster.start(options().withConfig(DhtConfig.defaults()));
    Member second = cluster.start(options(first.peer()).withConfig(DhtConfig.defaults()));
    NodeId id = second.identity().id();
    eventually("both are up", () -> first.dht().isUp(id));
    second.close();
    Duration taken = eventually("it is down", () -> !first.dht().isUp(id));
    assertTrue(taken.toMillis() < 5_000, "took " + taken);
    assertEquals(2, first.dht().candidates(KEY, PATIENCE).size(), "it stays a candidate");
  }

  /**
   * As when its machine loses power: nothing refuses the connection. With the default intervals.
   */
  @Test
  void aNodeThatFallsSilentIsNoticedInSeconds() throws Exception {
    Member first = cluster.start(options().withConfig(DhtConfig.defaults()));
    Member second = cluster.start(options(first.peer()).withConfig(DhtConfig.defaults()));
    NodeId id = second.identity().id();
    eventually("both are up", () -> first.dht().isUp(id));
    cluster.network.setRule((from, to, method) -> new LinkRule.Fate.DropRequest());
    Duration taken =
        eventually(
            "it is down",
            () ->
                first.dht().status().peers().stream()
                    .allMatch(peer -> peer.liveness() == Liveness.DOWN));
    assertTrue(taken.toMillis() < 6_000, "took " + taken);
    assertFalse(first.dht().isUp(id));
    cluster.network.setRule(LinkRule.PERFECT);
    taken = eventually("it is up again", () -> first.dht().isUp(id));
    assertTrue(taken.toMillis() < 4_000, "took " + taken);
  }

  @Test
  void aNodeThatReturnsElsewhereIsSeen() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    PeerListener listener =
        new PeerListener() {
          @Override
          public void up(NodeRecord node) {
            heard.add("up");
          }

          @Override
          public void down(NodeId node) {
            heard.add("down");
          }
        };
    Member first = cluster.start(options().withListener(listener));
    Identity identity = Identity.generate();
    Member second = cluster.start(identity, options(first.peer()), 7441);
    assertEquals("up", heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    second.close();
    assertEquals("down", heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    cluster.start(identity, options(first.peer()), 9999);
    assertEquals("up", heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    assertTrue(first.dht().isUp(identity.id()));
    NodeRecord known =
        first.dht().known().stream()
            .filter(node -> node.id().equals(identity.id()))
            .findFirst()
            .orElseThrow();
    assertEquals(9999, known.addresses().getFirst().getPort());
  }

  @Test
  void aForgottenNodeIsNoCandidateAnyMore() throws Exception {
    DhtConfig shortGrace =
        LocalCluster.CONFIG.withTiming(LocalCluster.CONFIG.timing().withGrace(500));
    Member first = cluster.start(options().withConfig(shortGrace));
    Member second = cluster.start(options(first.peer()));
    eventually("both are up", () -> first.dht().isUp(second.identity().id()));
    second.close();
    eventually("it is forgotten", () -> first.dht().known().size() == 1);
    assertEquals(1, first.dht().candidates(KEY, PATIENCE).size());
  }

  /** Else a mount that starts during an outage would put blocks where others do not look. */
  @Test
  void whoJoinsDuringAnOutageHasTheSameCandidates() throws Exception {
    List<Member> nodes = cluster.nodes(3);
    Member dead = nodes.getLast();
    dead.close();
    Member first = nodes.getFirst();
    eventually("it is down", () -> !first.dht().isUp(dead.identity().id()));
    Member client = cluster.start(LocalCluster.client(first.peer()));
    assertEquals(
        ids(first.dht().candidates(KEY, PATIENCE)), ids(client.dht().candidates(KEY, PATIENCE)));
    assertEquals(3, client.dht().candidates(KEY, PATIENCE).size());
    assertFalse(client.dht().isUp(dead.identity().id()));
  }

  @Test
  void changesOfTheOwnRecordSpread() throws Exception {
    List<Member> nodes = cluster.nodes(3);
    Member changed = nodes.get(1);
    changed.dht().update(self -> self.withState(NodeState.DRAINING).withSpace(1000, 10));
    for (Member node : nodes) {
      eventually(
          "it is known to drain",
          () ->
              node.dht().known().stream()
                  .anyMatch(
                      record ->
                          record.id().equals(changed.identity().id())
                              && record.state() == NodeState.DRAINING
                              && record.freeBytes() == 10));
    }
  }

  @Test
  void clientsAskAndAreNotEntered() throws Exception {
    List<Member> nodes = cluster.nodes(3);
    Member client = cluster.start(LocalCluster.client(nodes.getFirst().peer()));
    assertTrue(client.dht().awaitJoined(PATIENCE));
    assertEquals(3, client.dht().candidates(KEY, PATIENCE).size());
    eventually("it sees all", () -> LocalCluster.upCount(client, nodes) == 3);
    WireException refused =
        assertThrows(WireException.class, () -> ping(nodes.getFirst(), client.peer()));
    assertEquals(WireError.UNKNOWN_METHOD, refused.error());
    Thread.sleep(2 * LocalCluster.CONFIG.timing().probeIntervalMillis());
    for (Member node : nodes) {
      assertEquals(3, node.dht().known().size());
    }
    assertFalse(
        client.dht().known().stream().anyMatch(node -> node.id().equals(client.identity().id())));
  }

  private static void ping(Member from, Peer to) throws WireException, InterruptedException {
    from.transport()
        .request(to, DhtMethods.PING, Envelope.of(PingRequest.getDefaultInstance()), PATIENCE);
  }

  @Test
  void forgedAndForeignRecordsAreRefused() throws Exception {
    List<Member> nodes = cluster.nodes(2);
    Transport stranger = cluster.network.join(Identity.generate().id());
    SignedNodeRecord good = nodes.get(1).dht().self().signed();
    SignedNodeRecord forged =
        good.toBuilder()
            .setSignature(ByteString.copyFrom(new byte[good.getSignature().size()]))
            .build();
    for (SignedNodeRecord record : List.of(good, forged)) {
      PingRequest request = PingRequest.newBuilder().setSender(record).build();
      WireException refused =
          assertThrows(
              WireException.class,
              () ->
                  stranger.request(
                      nodes.getFirst().peer(), DhtMethods.PING, Envelope.of(request), PATIENCE));
      assertEquals(WireError.MALFORMED, refused.error());
    }
    FindNodeRequest noKey =
        FindNodeRequest.newBuilder().setTarget(ByteString.copyFromUtf8("short")).build();
    WireException refused =
        assertThrows(
            WireException.class,
            () ->
                stranger.request(
                    nodes.getFirst().peer(), DhtMethods.FIND_NODE, Envelope.of(noKey), PATIENCE));
    assertEquals(WireError.MALFORMED, refused.error());
    assertEquals(2, nodes.getFirst().dht().known().size());
  }

  @Test
  void valuesAreFoundElsewhereByTheHighestSequence() throws Exception {
    List<Member> nodes = cluster.nodes(5);
    Output.WriteDone first = nodes.get(1).dht().putValue(TestValues.value(KEY, 1, "one"), PATIENCE);
    assertEquals(5, first.stored());
    nodes.get(2).dht().putValue(TestValues.value(KEY, 3, "three"), PATIENCE);
    Output.WriteDone late = nodes.get(3).dht().putValue(TestValues.value(KEY, 2, "two"), PATIENCE);
    assertEquals(0, late.stored());
    assertEquals(TestValues.value(KEY, 3, "three"), late.newer());
    Member client = cluster.start(LocalCluster.client(nodes.getFirst().peer()));
    assertEquals(TestValues.value(KEY, 3, "three"), client.dht().getValue(KEY, PATIENCE).value());
    assertNull(client.dht().getValue(TestNodes.key(1), PATIENCE).value());
    WireException refused =
        assertThrows(
            WireException.class,
            () -> nodes.get(4).dht().putValue(TestValues.forged(KEY, 9), PATIENCE));
    assertEquals(WireError.REFUSED, refused.error());
  }

  @Test
  void newcomersAreGivenTheValuesThatTheyShouldHold() throws Exception {
    List<Member> nodes = cluster.nodes(2);
    nodes.getFirst().dht().putValue(TestValues.value(KEY, 1, "one"), PATIENCE);
    Member third = cluster.start(options(nodes.getFirst().peer()));
    eventually("it holds the value", () -> third.dht().status().values() == 1);
  }

  @Test
  void joiningGoesOnUntilTheBootstrapIsThere() throws Exception {
    Identity later = Identity.generate();
    Member early = cluster.start(options(new Peer(later.id(), List.of())));
    assertFalse(early.dht().awaitJoined(Duration.ofMillis(500)));
    Member late = cluster.start(later, options(), 7450);
    assertTrue(early.dht().awaitJoined(PATIENCE));
    eventually("it is seen", () -> late.dht().isUp(early.identity().id()));
  }

  @Test
  void aNodeMayLearnOfItsAddressAfterItsHandlersAreThere() throws Exception {
    Member first = cluster.start(options());
    Identity identity = Identity.generate();
    Transport transport = cluster.network.join(identity.id());
    NodeDescription nowhere = TestNodes.description();
    try (DhtNode late =
        DhtNode.create(transport, new IdentitySigner(identity), nowhere, options())) {
      Peer peer = new Peer(identity.id(), List.of());
      assertEquals(
          WireError.BUSY, assertThrows(WireException.class, () -> ping(first, peer)).error());
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 7777);
      late.start(nowhere.withAddresses(List.of(address)), List.of(first.peer()));
      assertTrue(late.awaitJoined(PATIENCE));
      assertTrue(late.isUp(first.identity().id()));
      eventually(
          "its address is known",
          () -> first.dht().known().stream().anyMatch(node -> node.addresses().contains(address)));
    }
  }

  @Test
  void aNodeRejoinsByItsAddressBook(@TempDir Path directory) throws Exception {
    List<Member> nodes = cluster.nodes(2);
    nodes.getFirst().dht().putValue(TestValues.value(KEY, 1, "one"), PATIENCE);
    AddressBook book = new FileAddressBook(directory.resolve("peers"), new Ed25519Verifier());
    Identity identity = Identity.generate();
    Member third = cluster.start(identity, options(nodes.getFirst().peer()).withBook(book), 7460);
    eventually("it sees all", () -> LocalCluster.upCount(third, nodes) == 2);
    eventually("it holds the value", () -> third.dht().status().values() == 1);
    third.close();
    nodes.getFirst().close();

    Member again = cluster.start(identity, options(nodes.getFirst().peer()).withBook(book), 7460);
    assertTrue(again.dht().awaitJoined(PATIENCE));
    assertTrue(again.dht().isUp(nodes.get(1).identity().id()));
    assertEquals(3, again.dht().known().size(), "the one that is down is remembered");
    assertEquals(1, again.dht().status().values());
  }

  @Test
  void aSuspectIsDownUntilItAnswers() throws Exception {
    List<Member> nodes = cluster.nodes(2);
    NodeId other = nodes.get(1).identity().id();
    nodes.getFirst().dht().suspect(other);
    eventually("it is up again", () -> nodes.getFirst().dht().isUp(other));
  }

  @Test
  void addressesAreKept() throws Exception {
    Member node = cluster.start(options());
    assertEquals(
        List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 7440)),
        node.dht().self().addresses());
    assertTrue(node.dht().awaitJoined(PATIENCE), "a node with nobody to join has joined");
    assertEquals(1, node.dht().candidates(KEY, PATIENCE).size());
  }

  private static List<NodeId> ids(List<NodeRecord> records) {
    return records.stream().map(NodeRecord::id).toList();
  }
}
