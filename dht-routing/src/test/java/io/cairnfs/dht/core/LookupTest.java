package io.cairnfs.dht.core;

import static io.cairnfs.dht.testing.TestNodes.key;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.dht.core.Lookup.Candidate;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.dht.testing.TestNodes;
import io.cairnfs.protocol.identity.NodeId;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A network of all 256 ids but the asker's, of which each knows its neighbours on a ring: one step
 * at a time, as slow as a lookup can be.
 */
final class LookupTest {

  private static final int K = 4;
  private static final int SELF = 0xff;
  private static final DhtConfig CONFIG = DhtConfig.defaults().withK(K);

  private final Set<Integer> dead = new HashSet<>();
  private final Map<Integer, List<RememberedNode>> telling = new HashMap<>();
  private final Deque<Candidate> inFlight = new ArrayDeque<>();
  private @Nullable LookupResult result;
  private int mostInFlight;

  @Test
  void itFindsTheTrueClosest() {
    LookupResult found = run(0x81, K, CONFIG, 0x01, 0x02, 0xf0);
    assertEquals(ids(0x81, 0x80, 0x83, 0x82), idsOf(found));
    assertTrue(found.undisturbed());
    assertTrue(found.down().isEmpty());
    assertTrue(found.hops() > 1);
  }

  @Test
  void atMostAlphaAreInFlight() {
    run(0x81, K, CONFIG, 0x01, 0x02, 0x03, 0x04, 0xf0);
    assertEquals(CONFIG.alpha(), mostInFlight);
    mostInFlight = 0;
    run(0x81, K, CONFIG.withPaths(2), 0x01, 0x02, 0x03, 0x04, 0xf0, 0xf1);
    assertEquals(2 * CONFIG.alpha(), mostInFlight, "alpha on each path");
  }

  @Test
  void disjointPathsFindTheSame() {
    LookupResult found = run(0x81, K, CONFIG.withPaths(2), 0x01, 0x02, 0xf0, 0xf1);
    assertEquals(ids(0x81, 0x80, 0x83, 0x82), idsOf(found));
  }

  @Test
  void othersTakeThePlaceOfThoseThatFail() {
    dead.addAll(List.of(0x81, 0x83));
    LookupResult found = run(0x81, K, CONFIG, 0x01, 0x7e, 0xf0);
    assertEquals(ids(0x80, 0x82, 0x85, 0x84), idsOf(found));
    assertFalse(found.undisturbed());
    assertEquals(Set.of(id(0x81), id(0x83)), downOf(found));
  }

  @Test
  void whoFailsOnceIsAskedAgain() {
    Lookup lookup = start(0x81, K, CONFIG, 0x80);
    Candidate asked = lookup.nextToAsk(id -> false, 0).getFirst();
    lookup.failed(asked);
    assertFalse(lookup.isExhausted());
    assertEquals(List.of(asked), lookup.nextToAsk(id -> false, 0));
    lookup.failed(asked);
    assertTrue(lookup.nextToAsk(id -> false, 0).isEmpty());
    assertTrue(lookup.isExhausted());
  }

  /** That a node is down was known before: it shortens the result, and disturbs nothing. */
  @Test
  void whoIsKnownToBeDownIsNotAsked() {
    Lookup lookup = start(0x81, K, CONFIG, 0x80, 0x82);
    List<Candidate> asked = lookup.nextToAsk(id(0x80)::equals, 0);
    assertEquals(1, asked.size());
    lookup.answered(asked.getFirst(), new Response.Nodes(List.of(), List.of()));
    assertTrue(lookup.isExhausted());
    lookup.finish(0);
    LookupResult found = requireNonNull(result);
    assertEquals(ids(0x82), idsOf(found));
    assertTrue(found.undisturbed());
  }

  @Test
  void itPassesOnWhoIsDownAsOthersTell() {
    dead.addAll(List.of(0x10, 0x11));
    telling.put(0x80, List.of(new RememberedNode(node(0x10), 700)));
    telling.put(
        0x83,
        List.of(
            new RememberedNode(node(0x10), 500),
            new RememberedNode(node(0x11), CONFIG.timing().graceMillis()),
            new RememberedNode(node(0x82), 100),
            new RememberedNode(node(SELF), 100),
            new RememberedNode(
                TestNodes.record(key(0x12), TestNodes.description().withState(NodeState.LEAVING)),
                0)));
    LookupResult found = run(0x81, K, CONFIG, 0x7e, 0x86);
    assertEquals(List.of(new RememberedNode(node(0x10), 500)), found.down());
  }

  @Test
  void slowNodesDoNotHoldItUp() {
    Lookup lookup = start(0x81, K, CONFIG, 0x80, 0x82, 0x83, 0x84);
    assertEquals(3, lookup.nextToAsk(id -> false, 100).size());
    assertTrue(lookup.nextToAsk(id -> false, 200).isEmpty());
    assertFalse(lookup.markSlow(100));
    assertTrue(lookup.markSlow(101));
    assertEquals(1, lookup.nextToAsk(id -> false, 200).size());
    assertFalse(lookup.isExhausted(), "the slow ones are waited for");
    assertNull(result);
  }

  @Test
  void theAskerIsNeverAsked() {
    LookupResult found = run(0xfe, K, CONFIG, 0xf0, SELF);
    assertEquals(ids(0xfe, 0xfc, 0xfd, 0xfa), idsOf(found));
  }

  private LookupResult run(int target, int width, DhtConfig config, int... seeds) {
    Lookup lookup = start(target, width, config, seeds);
    while (!lookup.isExhausted()) {
      inFlight.addAll(lookup.nextToAsk(id -> false, 0));
      mostInFlight = Math.max(mostInFlight, inFlight.size());
      Candidate asked = inFlight.remove();
      int place = asked.node.id().key().byteAt(0);
      if (dead.contains(place)) {
        lookup.failed(asked);
      } else {
        lookup.answered(
            asked, new Response.Nodes(neighbours(place), telling.getOrDefault(place, List.of())));
      }
    }
    lookup.finish(0);
    return requireNonNull(result);
  }

  private Lookup start(int target, int width, DhtConfig config, int... seeds) {
    List<NodeRecord> nodes = Arrays.stream(seeds).mapToObj(LookupTest::node).toList();
    return new Lookup(id(SELF), key(target), width, config, nodes, (end, now) -> result = end);
  }

  /** Eight on either side. */
  private static List<NodeRecord> neighbours(int place) {
    return IntStream.rangeClosed(place - 8, place + 8)
        .map(i -> Math.floorMod(i, 256))
        .filter(i -> i != place)
        .mapToObj(LookupTest::node)
        .toList();
  }

  private static NodeRecord node(int firstByte) {
    return TestNodes.record(key(firstByte));
  }

  private static NodeId id(int firstByte) {
    return new NodeId(key(firstByte));
  }

  private static List<NodeId> ids(int... firstBytes) {
    return Arrays.stream(firstBytes).mapToObj(LookupTest::id).toList();
  }

  private static List<NodeId> idsOf(LookupResult found) {
    return found.closest().stream().map(NodeRecord::id).toList();
  }

  private static Set<NodeId> downOf(LookupResult found) {
    Set<NodeId> down = new HashSet<>();
    found.down().forEach(node -> down.add(node.record().id()));
    return down;
  }
}
