package io.cairnfs.dht.core;

import static io.cairnfs.dht.testing.TestNodes.key;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.dht.core.RoutingTable.Admission;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.testing.TestNodes;
import io.cairnfs.protocol.identity.NodeId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * With k = 2, for the node 0000 0000: bucket 0 holds ids that begin with 1, bucket 1 those with 01,
 * and so on.
 */
final class RoutingTableTest {

  private final List<NodeId> evicted = new ArrayList<>();
  private final RoutingTable table = table(DhtConfig.defaults().withK(2));

  private RoutingTable table(DhtConfig config) {
    return new RoutingTable(id(0x00), config, evicted::add);
  }

  @AfterEach
  void check() {
    table.checkInvariants();
  }

  @Test
  void aFullBucketKeepsItsLiveNodes() {
    fillSoThatBucketZeroHoldsNoNeighbours();
    assertEquals(Admission.ADDED, table.seen(node(0x80), 10));
    assertEquals(Admission.ADDED, table.seen(node(0x90), 20));
    assertEquals(Admission.WAITING, table.seen(node(0xa0), 30));
    assertNull(table.find(id(0xa0)));
    assertFalse(table.wants(node(0xa0)));
    assertTrue(evicted.isEmpty());
    assertEquals(id(0x80), table.leastRecentlySeen(id(0xa0)).orElseThrow().id());
    assertEquals(Admission.SEEN, table.seen(node(0x80), 40));
    assertEquals(id(0x90), table.leastRecentlySeen(id(0xa0)).orElseThrow().id());
  }

  @Test
  void aFullBucketGivesUpTheNodeThatIsDownForLongest() {
    fillSoThatBucketZeroHoldsNoNeighbours();
    table.seen(node(0x80), 10);
    table.seen(node(0x90), 20);
    down(0x90, 100);
    down(0x80, 200);
    assertTrue(table.wants(node(0xa0)));
    assertEquals(Admission.ADDED, table.seen(node(0xa0), 300));
    assertEquals(List.of(id(0x90)), evicted);
    assertNotNull(table.find(id(0x80)));
  }

  @Test
  void theLatestReplacementTakesAFreePlace() {
    fillSoThatBucketZeroHoldsNoNeighbours();
    for (int waiting : new int[] {0x80, 0x90, 0xa0, 0xb0, 0xc0}) {
      table.seen(node(waiting), 10);
    }
    assertEquals(id(0xc0), requireNonNull(table.takeReplacement(id(0x80))).id());
    assertEquals(id(0xb0), requireNonNull(table.takeReplacement(id(0x80))).id());
    assertNull(table.takeReplacement(id(0x80)), "as many wait as have a place");
  }

  /** The k nodes closest to the own id get in although their bucket is full. */
  @Test
  void neighboursGetIn() {
    table.seen(node(0xc0), 10);
    table.seen(node(0xd0), 10);
    assertTrue(table.wants(node(0x80)));
    assertEquals(Admission.ADDED, table.seen(node(0x80), 20));
    assertEquals(List.of(id(0xd0)), evicted, "the farthest goes");
    assertEquals(Admission.WAITING, table.seen(node(0xf0), 30));
  }

  @Test
  void itsOwnNodeNeverGetsIn() {
    assertFalse(table.wants(node(0x00)));
    assertThrows(IllegalArgumentException.class, () -> table.seen(node(0x00), 10));
    assertNull(table.find(id(0x00)));
    table.remove(id(0x00));
    assertEquals(0, table.size());
  }

  @Test
  void aNetworkHasItsShareAndNoMore() {
    RoutingTable open = table(DhtConfig.defaults().withK(2).withMaxPerAddressGroup(1));
    assertEquals(Admission.ADDED, open.seen(TestNodes.at(key(0x80), "8.8.1.1", 1), 10));
    NodeRecord sameNetwork = TestNodes.at(key(0x40), "8.8.2.2", 1);
    assertFalse(open.wants(sameNetwork));
    assertEquals(Admission.REFUSED, open.seen(sameNetwork, 20));
    assertFalse(open.remember(sameNetwork, 0, 20));
    assertEquals(Admission.ADDED, open.seen(TestNodes.at(key(0x40), "9.9.2.2", 1), 30));
    Contact moving = requireNonNull(open.find(id(0x40)));
    assertFalse(open.adopt(moving, TestNodes.at(key(0x40), "8.8.3.3", 2)));
    assertEquals(List.of(id(0x40)), evicted);
    open.checkInvariants();
  }

  @Test
  void theClosestLiveComeInOrder() {
    for (int node : new int[] {0x01, 0x02, 0x10, 0x20, 0x40, 0x50, 0x80, 0xc0}) {
      table.seen(node(node), 10);
    }
    down(0x50, 20);
    assertEquals(ids(0x40, 0x10, 0x01, 0x02, 0x20), closest(0x51, 5));
    assertEquals(ids(0xc0, 0x80, 0x40), closest(0xc1, 3));
    assertEquals(ids(0x01, 0x02, 0x10), closest(0x00, 3));
  }

  @Test
  void whoIsRememberedIsDownUntilItAnswers() {
    assertTrue(table.remember(node(0x80), 500, 1_000));
    assertFalse(table.remember(node(0x80), 500, 1_000));
    assertFalse(table.hasLive());
    assertEquals(500, requireNonNull(table.find(id(0x80))).downSinceMillis);
    assertEquals(Admission.RETURNED, table.seen(node(0x80), 1_100));
    assertTrue(table.hasLive());
  }

  private void fillSoThatBucketZeroHoldsNoNeighbours() {
    table.seen(node(0x40), 0);
    table.seen(node(0x20), 0);
  }

  private void down(int firstByte, long sinceMillis) {
    Contact contact = requireNonNull(table.find(id(firstByte)));
    contact.liveness = Liveness.DOWN;
    contact.downSinceMillis = sinceMillis;
  }

  private List<NodeId> closest(int target, int count) {
    return table.closestLive(key(target), count).stream().map(NodeRecord::id).toList();
  }

  private static NodeRecord node(int firstByte) {
    return TestNodes.record(key(firstByte));
  }

  private static NodeId id(int firstByte) {
    return new NodeId(key(firstByte));
  }

  private static List<NodeId> ids(int... firstBytes) {
    return Arrays.stream(firstBytes).mapToObj(RoutingTableTest::id).toList();
  }
}
