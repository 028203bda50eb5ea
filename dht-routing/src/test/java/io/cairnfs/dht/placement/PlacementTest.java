package io.cairnfs.dht.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.dht.testing.TestNodes;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlacementTest {

  private static final int K = 20;
  private static final int REPLICATION = 3;
  private static final int KEYS = 20_000;

  private final Random random = new Random(42);

  @Test
  void smallClusterBalances() {
    List<NodeRecord> nodes = nodes(10);
    Map<NodeId, Integer> replicas = countReplicas(nodes);
    double fair = (double) KEYS * REPLICATION / nodes.size();
    for (NodeRecord node : nodes) {
      assertEquals(fair, replicas.getOrDefault(node.id(), 0), fair * 0.05);
    }
  }

  @Test
  void sharesOfTheFirstReplicaFollowCapacity() {
    NodeRecord small = node(100);
    NodeRecord large = node(400);
    int firsts = 0;
    for (int i = 0; i < KEYS; i++) {
      if (Placement.order(TestNodes.randomKey(random), List.of(small, large), K)
          .getFirst()
          .equals(large)) {
        firsts++;
      }
    }
    // 400 and 100 GiB in bytes keep 384 and 96 as their leading three bits: a ratio of four.
    assertEquals(0.8, (double) firsts / KEYS, 0.01);
  }

  @Test
  void joiningNodeTakesOnlyItsShare() {
    List<NodeRecord> before = nodes(9);
    List<NodeRecord> after = new ArrayList<>(before);
    NodeRecord joining = TestNodes.record(TestNodes.randomKey(random));
    after.add(joining);
    int moved = 0;
    for (int i = 0; i < KEYS; i++) {
      Key256 key = TestNodes.randomKey(random);
      List<NodeRecord> old = designated(key, before);
      List<NodeRecord> now = designated(key, after);
      for (NodeRecord node : now) {
        if (!old.contains(node)) {
          assertEquals(joining, node, "only the joining node gains blocks");
          moved++;
        }
      }
    }
    assertEquals(0.1, (double) moved / (KEYS * REPLICATION), 0.01);
  }

  @Test
  void leavingNodeKeepsTheOrderOfTheRest() {
    List<NodeRecord> nodes = nodes(12);
    NodeRecord leaving = nodes.get(5);
    List<NodeRecord> rest = new ArrayList<>(nodes);
    rest.remove(leaving);
    for (int i = 0; i < 1000; i++) {
      Key256 key = TestNodes.randomKey(random);
      List<NodeRecord> expected = new ArrayList<>(Placement.order(key, nodes, K));
      expected.remove(leaving);
      assertEquals(expected, Placement.order(key, rest, K));
    }
  }

  @Test
  void replicasStayNearTheKeyInLargeClusters() {
    List<NodeRecord> nodes = nodes(500);
    for (int i = 0; i < 200; i++) {
      Key256 key = TestNodes.randomKey(random);
      List<NodeRecord> byDistance = new ArrayList<>(nodes);
      byDistance.sort((a, b) -> key.compareDistance(a.id().key(), b.id().key()));
      assertEquals(
          new HashSet<>(byDistance.subList(0, K)), new HashSet<>(Placement.order(key, nodes, K)));
    }
  }

  @Test
  void zonesAreSpreadWhileTheyLast() {
    List<NodeRecord> nodes = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      nodes.add(TestNodes.inZone(TestNodes.randomKey(random), "rack" + i % 3));
    }
    for (int i = 0; i < 1000; i++) {
      List<NodeRecord> order = Placement.order(TestNodes.randomKey(random), nodes, K);
      for (int round = 0; round < order.size(); round += 3) {
        Set<String> zones = new HashSet<>();
        order.subList(round, round + 3).forEach(node -> zones.add(node.zone()));
        assertEquals(3, zones.size(), "each round visits each zone once");
      }
    }
  }

  @Test
  void slightlyOtherCapacityMovesNothing() {
    List<NodeRecord> nodes = nodes(10);
    List<NodeRecord> changed = new ArrayList<>(nodes);
    changed.set(3, TestNodes.record(nodes.get(3).id().key(), capacity(105)));
    for (int i = 0; i < 1000; i++) {
      Key256 key = TestNodes.randomKey(random);
      assertEquals(ids(Placement.order(key, nodes, K)), ids(Placement.order(key, changed, K)));
    }
  }

  @Test
  void weightsKeepThreeBits() {
    assertEquals(0, Placement.weight(0));
    assertEquals(7, Placement.weight(7));
    assertEquals(8, Placement.weight(9));
    assertEquals(0b1100_0000, Placement.weight(0b1101_1111));
    assertEquals(7L << 60, Placement.weight(Long.MAX_VALUE));
  }

  @Test
  void retiringNodesComeLastAndOthersNotAtAll() {
    List<NodeRecord> nodes = new ArrayList<>(nodes(4));
    NodeRecord draining =
        TestNodes.record(
            TestNodes.randomKey(random), TestNodes.description().withState(NodeState.DRAINING));
    NodeRecord full =
        TestNodes.record(TestNodes.randomKey(random), TestNodes.description().withSpace(0, 0));
    NodeRecord voter =
        TestNodes.record(
            TestNodes.randomKey(random),
            new NodeDescription(1, List.of(), "", 1, 1, NodeState.ACTIVE, Set.of(NodeRole.VOTES)));
    nodes.add(0, draining);
    nodes.add(full);
    nodes.add(voter);
    for (int i = 0; i < 100; i++) {
      List<NodeRecord> order = Placement.order(TestNodes.randomKey(random), nodes, K);
      assertEquals(5, order.size());
      assertEquals(draining, order.getLast());
    }
  }

  @Test
  void orderOfInputDoesNotMatter() {
    List<NodeRecord> nodes = nodes(50);
    Key256 key = TestNodes.randomKey(random);
    List<NodeRecord> expected = Placement.order(key, nodes, K);
    for (int i = 0; i < 100; i++) {
      Collections.shuffle(nodes, random);
      assertEquals(expected, Placement.order(key, nodes, K));
    }
  }

  /** Every version of every party must agree on these: a change moves everybody's data. */
  @Test
  void vectorsArePinned() {
    List<NodeRecord> nodes = new ArrayList<>();
    for (int i = 1; i <= 8; i++) {
      nodes.add(TestNodes.record(TestNodes.key(i * 0x1f), capacity(100L * i)));
    }
    assertEquals(
        "ba f8 9b 1f 3e d9 5d 7c", firstBytes(Placement.order(TestNodes.key(0x00), nodes, K)));
    assertEquals(
        "d9 ba 3e f8 9b 5d 7c 1f", firstBytes(Placement.order(TestNodes.key(0x7f), nodes, K)));
    assertEquals("9b ba f8 7c d9", firstBytes(Placement.order(TestNodes.key(0xff), nodes, 5)));
  }

  private static String firstBytes(List<NodeRecord> nodes) {
    List<String> bytes = new ArrayList<>();
    nodes.forEach(node -> bytes.add(Integer.toHexString(node.id().key().byteAt(0))));
    return String.join(" ", bytes);
  }

  private Map<NodeId, Integer> countReplicas(List<NodeRecord> nodes) {
    Map<NodeId, Integer> replicas = new HashMap<>();
    for (int i = 0; i < KEYS; i++) {
      for (NodeRecord node : designated(TestNodes.randomKey(random), nodes)) {
        replicas.merge(node.id(), 1, Integer::sum);
      }
    }
    return replicas;
  }

  private static List<NodeRecord> designated(Key256 key, List<NodeRecord> nodes) {
    List<NodeRecord> order = Placement.order(key, nodes, K);
    assertTrue(order.size() >= REPLICATION);
    return order.subList(0, REPLICATION);
  }

  private static List<NodeId> ids(List<NodeRecord> nodes) {
    return nodes.stream().map(NodeRecord::id).toList();
  }

  private List<NodeRecord> nodes(int count) {
    List<NodeRecord> nodes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      nodes.add(TestNodes.record(TestNodes.randomKey(random)));
    }
    return nodes;
  }

  private NodeRecord node(long capacityGib) {
    return TestNodes.record(TestNodes.randomKey(random), capacity(capacityGib));
  }

  private static NodeDescription capacity(long capacityGib) {
    return TestNodes.description().withSpace(capacityGib * TestNodes.GIB, 0);
  }
}
