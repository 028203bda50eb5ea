package io.cairnfs.dht.core;

import static io.cairnfs.dht.testing.TestNodes.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.dht.testing.TestNodes;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The node 0000 0000 with k = 2, its pings answered or not by hand. */
final class NeighboursTest {

  private static final DhtConfig CONFIG = DhtConfig.defaults().withK(2);
  private static final long GRACE = CONFIG.timing().graceMillis();
  private static final long INTERVAL = CONFIG.timing().probeIntervalMillis();

  private final Outbox outbox = new Outbox();
  private final Neighbours neighbours =
      new Neighbours(node(0x00), CONFIG, List.of(), outbox, new SplitMix(1));

  @Test
  void nobodyEntersBeforeAnsweringAPing() {
    neighbours.heard(node(0x80));
    assertEquals(List.of(id(0x80)), pinged());
    assertTrue(neighbours.statuses(0).isEmpty());
    assertTrue(neighbours.answered(node(0x80), 10));
    assertEquals(1, neighbours.statuses(10).size());
    neighbours.heard(node(0x00));
    assertTrue(pinged().isEmpty(), "its own node is no neighbour");
  }

  /** Kademlia, section 2.4: the old node is asked whether it is there, and keeps its place. */
  @Test
  void aNewcomerToAFullBucketMakesTheLeastRecentlySeenShowThatItLives() {
    fill();
    long later = 3 * INTERVAL;
    neighbours.answered(node(0x90), later);
    pinged();
    assertFalse(neighbours.answered(node(0xa0), later));
    neighbours.tick(later);
    assertTrue(pinged().contains(id(0x80)));
    neighbours.answered(node(0x80), later + 10);
    assertEquals(Liveness.UP, liveness(0x80));
    assertFalse(knows(0xa0));
  }

  @Test
  void aNewcomerToAFullBucketTakesThePlaceOfADeadNode() {
    fill();
    neighbours.answered(node(0xa0), 10);
    pinged();
    neighbours.probeFailed(node(0x80), 20);
    assertEquals(Liveness.SUSPECT, liveness(0x80));
    assertEquals(List.of(id(0x80)), pinged(), "it is asked once more");
    neighbours.probeFailed(node(0x80), 30);
    assertEquals(Liveness.DOWN, liveness(0x80));
    assertEquals(List.of(id(0xa0)), pinged(), "the one that waits is asked");
    assertTrue(neighbours.answered(node(0xa0), 40));
    assertFalse(knows(0x80));
    assertTrue(knows(0xa0));
  }

  @Test
  void aNodeThatIsDownIsForgottenAfterTheGraceTime() {
    neighbours.answered(node(0x80), 0);
    goDown(node(0x80), 100);
    neighbours.tick(100 + GRACE - 1);
    assertTrue(knows(0x80));
    neighbours.tick(100 + GRACE);
    assertFalse(knows(0x80));
  }

  @Test
  void aNodeThatLeavesIsForgottenWhenItStops() {
    NodeRecord leaving = leaving(0x80);
    neighbours.answered(leaving, 0);
    goDown(leaving, 100);
    assertTrue(neighbours.closestDown(key(0x80), 2, 100).isEmpty());
    neighbours.tick(101);
    assertFalse(knows(0x80));
  }

  @Test
  void aNodeThatIsDownAsOthersTellCountsAtOnceAndForTheRestOfItsTime() {
    neighbours.heardDown(new RememberedNode(node(0x80), 400), 1_000);
    assertEquals(Liveness.DOWN, liveness(0x80));
    assertEquals(
        List.of(new RememberedNode(node(0x80), 500)), neighbours.closestDown(key(0x80), 2, 1_100));
    neighbours.tick(1_100);
    assertEquals(List.of(id(0x80)), pinged(), "perhaps it is there for us");
    neighbours.tick(1_000 + GRACE - 400);
    assertFalse(knows(0x80));
  }

  @Test
  void whatOthersTellOfNodesThatAreDownChangesNothingThatIsKnown() {
    neighbours.answered(node(0x80), 0);
    neighbours.heardDown(new RememberedNode(node(0x80), 0), 10);
    assertEquals(Liveness.UP, liveness(0x80));
    neighbours.heardDown(new RememberedNode(node(0x40), GRACE), 10);
    neighbours.heardDown(new RememberedNode(leaving(0x20), 0), 10);
    neighbours.heardDown(new RememberedNode(node(0x00), 0), 10);
    assertEquals(1, neighbours.statuses(10).size());
  }

  @Test
  void aNewerRecordIsTakenFromWhomeverItComes() {
    neighbours.answered(TestNodes.at(key(0x80), "10.0.0.1", 1), 0);
    neighbours.heard(TestNodes.at(key(0x80), "10.0.0.2", 3));
    neighbours.heard(TestNodes.at(key(0x80), "10.0.0.9", 2));
    assertEquals(3, neighbours.statuses(0).getFirst().record().version());
  }

  /** So that bucket 0, of ids that begin with 1, is full and holds no neighbours. */
  private void fill() {
    for (int node : new int[] {0x20, 0x40, 0x80, 0x90}) {
      neighbours.answered(node(node), 0);
    }
    pinged();
  }

  private void goDown(NodeRecord node, long now) {
    neighbours.probeFailed(node, now);
    neighbours.probeFailed(node, now);
  }

  private List<NodeId> pinged() {
    List<NodeId> pinged = new ArrayList<>();
    for (Output output : outbox.drain()) {
      if (output instanceof Output.Send(long _, Peer to, Request.Ping())) {
        pinged.add(Objects.requireNonNull(to.id()));
      }
    }
    return pinged;
  }

  private boolean knows(int firstByte) {
    return neighbours.table().find(id(firstByte)) != null;
  }

  private Liveness liveness(int firstByte) {
    return Objects.requireNonNull(neighbours.table().find(id(firstByte))).liveness;
  }

  private static NodeRecord leaving(int firstByte) {
    return TestNodes.record(key(firstByte), TestNodes.description().withState(NodeState.LEAVING));
  }

  private static NodeRecord node(int firstByte) {
    return TestNodes.record(key(firstByte));
  }

  private static NodeId id(int firstByte) {
    return new NodeId(key(firstByte));
  }
}
