package io.cairnfs.dht.driver;

import static io.cairnfs.dht.testing.TestNodes.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.dht.core.DhtTiming;
import io.cairnfs.dht.core.LookupResult;
import io.cairnfs.dht.core.RememberedNode;
import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.dht.testing.TestNodes;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** With k = 2 and lookups for four nodes, in an eight-bit key space. */
final class NeighbourhoodsTest {

  private static final int K = 2;
  private static final int WIDTH = 4;
  private static final long GRACE = 1_000;
  private static final long MAX_AGE = 5_000;

  private final Neighbourhoods neighbourhoods =
      new Neighbourhoods(K, DhtTiming.defaults().withGrace(GRACE));

  /**
   *
   *
   * <pre>
   * target 1100 0000, found 1100 0001, 1100 0100, 1101 0000 and, the farthest, 1110 0000:
   * all nodes with 110 are known
   * </pre>
   */
  @Test
  void aFullLookupAnswersForThePrefixWithinTheFarthest() {
    neighbourhoods.learn(found(0xc0, 0xc1, 0xc4, 0xd0, 0xe0), WIDTH, null, 0);
    assertEquals(ids(0xc1, 0xc4, 0xd0), known(0xdf, 0));
    assertNull(neighbourhoods.find(key(0xe0), MAX_AGE, 0));
    assertNull(neighbourhoods.find(key(0x00), MAX_AGE, 0));
  }

  /** Who asks from afar is closer to nothing: it says nothing about how much is known. */
  @Test
  void theAskingNodeWidensNoRegion() {
    neighbourhoods.learn(found(0xc0, 0xc1, 0xc4, 0xd0, 0xe0), WIDTH, node(0x01), 0);
    assertEquals(ids(0xc1, 0xc4, 0xd0), known(0xdf, 0));
    assertNull(neighbourhoods.find(key(0x80), MAX_AGE, 0));
    neighbourhoods.learn(found(0xc0, 0xc1, 0xc4, 0xd0, 0xe0), WIDTH, node(0xc8), 0);
    assertEquals(ids(0xc1, 0xc4, 0xc8, 0xd0), known(0xdf, 0));
  }

  @Test
  void aShortLookupAnswersForAllIfNobodyFailed() {
    neighbourhoods.learn(found(0xc0, 0xc1, 0xc4), WIDTH, node(0x01), 0);
    assertEquals(ids(0x01, 0xc1, 0xc4), known(0x55, 0));
  }

  @Test
  void aLookupThatIsShortBecauseNodesFailedAnswersForNothing() {
    LookupResult cut =
        new LookupResult(key(0xc0), nodes(0xc1, 0xc4), List.of(down(0xd0, 0)), false, 1, 3);
    neighbourhoods.learn(cut, WIDTH, null, 0);
    assertNull(neighbourhoods.find(key(0xc0), MAX_AGE, 0));
  }

  @Test
  void theLongestPrefixAnswers() {
    neighbourhoods.learn(found(0x00, 0x01, 0xc2), WIDTH, null, 0);
    neighbourhoods.learn(found(0xc0, 0xc1, 0xc4, 0xd0, 0xe0), WIDTH, null, 10);
    assertEquals(ids(0xc1, 0xc4, 0xd0), known(0xc0, 10));
    assertEquals(ids(0x01, 0xc2), known(0x00, 10));
  }

  @Test
  void aRegionWithTooFewStoringNodesAnswersForNothing() {
    NodeRecord voter = withoutStore(0xc4);
    LookupResult result =
        new LookupResult(
            key(0xc0), List.of(node(0xc1), voter, node(0xe0), node(0xe1)), List.of(), true, 1, 4);
    neighbourhoods.learn(result, WIDTH, null, 0);
    assertNull(neighbourhoods.find(key(0xc0), MAX_AGE, 0));
  }

  @Test
  void nodesThatAreDownStayForTheGraceTime() {
    LookupResult result =
        new LookupResult(
            key(0xc0),
            nodes(0xc1, 0xc4, 0xd0, 0xe0),
            List.of(down(0xc2, 400), down(0xf0, 0)),
            true,
            1,
            4);
    neighbourhoods.learn(result, WIDTH, null, 1_000);
    assertEquals(ids(0xc1, 0xc2, 0xc4, 0xd0), known(0xc0, 1_599));
    assertFalse(neighbourhoods.isUp(id(0xc2)));
    assertTrue(neighbourhoods.isUp(id(0xc1)));
    assertEquals(ids(0xc1, 0xc4, 0xd0), known(0xc0, 1_600));
  }

  @Test
  void aNodeThatLeavesIsNotWaitedFor() {
    RememberedNode leaving =
        new RememberedNode(
            TestNodes.record(key(0xc2), TestNodes.description().withState(NodeState.LEAVING)), 0);
    LookupResult result =
        new LookupResult(key(0xc0), nodes(0xc1, 0xc4, 0xd0, 0xe0), List.of(leaving), true, 1, 4);
    neighbourhoods.learn(result, WIDTH, null, 0);
    assertEquals(ids(0xc1, 0xc4, 0xd0), known(0xc0, 0));
  }

  @Test
  void aSuspectIsDownInEveryRegionUntilALookupMeetsIt() {
    neighbourhoods.learn(found(0x00, 0x01, 0xc1), WIDTH, null, 0);
    neighbourhoods.learn(found(0xc0, 0xc1, 0xc4, 0xd0, 0xe0), WIDTH, null, 0);
    neighbourhoods.suspect(id(0xc1), 10);
    assertFalse(neighbourhoods.isUp(id(0xc1)));
    assertEquals(ids(0x01, 0xc1), known(0x00, 10), "it stays a candidate");
    assertEquals(ids(0x01), known(0x00, 10 + GRACE));
    neighbourhoods.learn(found(0xc0, 0xc1, 0xc4, 0xd0, 0xe0), WIDTH, null, 20);
    assertTrue(neighbourhoods.isUp(id(0xc1)));
    assertFalse(neighbourhoods.isUp(id(0x77)), "nobody knows it");
  }

  @Test
  void whatIsTooOldAnswersForNothing() {
    neighbourhoods.learn(found(0xc0, 0xc1, 0xc4, 0xd0, 0xe0), WIDTH, null, 0);
    assertEquals(ids(0xc1, 0xc4, 0xd0), known(0xc0, MAX_AGE));
    assertNull(neighbourhoods.find(key(0xc0), MAX_AGE, MAX_AGE + 1));
  }

  private Set<NodeId> known(int key, long nowMillis) {
    Neighbourhoods.Known known = neighbourhoods.find(key(key), MAX_AGE, nowMillis);
    return known == null
        ? Set.of()
        : known.nodes().stream().map(NodeRecord::id).collect(Collectors.toCollection(TreeSet::new));
  }

  private static LookupResult found(int target, int... nodes) {
    return new LookupResult(key(target), nodes(nodes), List.of(), true, 1, nodes.length);
  }

  private static List<NodeRecord> nodes(int... firstBytes) {
    return Arrays.stream(firstBytes).mapToObj(NeighbourhoodsTest::node).toList();
  }

  private static NodeRecord node(int firstByte) {
    return TestNodes.record(key(firstByte));
  }

  private static RememberedNode down(int firstByte, long millis) {
    return new RememberedNode(node(firstByte), millis);
  }

  private static NodeRecord withoutStore(int firstByte) {
    Key256 id = key(firstByte);
    NodeDescription voter = new NodeDescription(1, List.of(), "", 0, 0, NodeState.ACTIVE, Set.of());
    return TestNodes.record(id, voter);
  }

  private static NodeId id(int firstByte) {
    return new NodeId(key(firstByte));
  }

  private static Set<NodeId> ids(int... firstBytes) {
    return Arrays.stream(firstBytes)
        .mapToObj(NeighbourhoodsTest::id)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
