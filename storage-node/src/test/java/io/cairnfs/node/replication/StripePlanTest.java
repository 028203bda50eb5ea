package io.cairnfs.node.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.replication.StripePlan.Step;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Where shards go: nodes are letters, and each shard is the letters of the nodes that have it. */
final class StripePlanTest {

  private static NodeId node(char letter) {
    byte[] key = new byte[Key256.BYTES];
    key[0] = (byte) letter;
    return new NodeId(Key256.of(key));
  }

  private static List<NodeId> nodes(String letters) {
    return letters.chars().mapToObj(letter -> node((char) letter)).toList();
  }

  private static List<Step> plan(String order, String... shards) {
    List<Set<NodeId>> holders =
        Stream.of(shards).<Set<NodeId>>map(letters -> new HashSet<>(nodes(letters))).toList();
    return StripePlan.of(nodes(order), holders);
  }

  @Test
  void whatIsInPlaceStays() {
    assertEquals(List.of(), plan("abcd", "a", "b", "c"));
    assertEquals(List.of(), plan("abcd", "c", "a", "b"), "in any order");
  }

  @Test
  void whatIsMissingIsMadeOnANodeWithoutAny() {
    assertEquals(List.of(new Step.Rebuild(1, node('b'))), plan("abcd", "a", "", "c"));
  }

  @Test
  void aDeadNodeMovesNothingElse() {
    // b has died: the node after the first three takes its place.
    assertEquals(List.of(new Step.Rebuild(1, node('d'))), plan("acd", "a", "", "c"));
  }

  @Test
  void whatIsOnANodeThatTakesNoMoreMoves() {
    assertEquals(List.of(new Step.Move(1, node('x'), node('d'))), plan("acd", "a", "x", "c"));
  }

  @Test
  void ofTwoCopiesOneGoes() {
    assertEquals(List.of(new Step.Release(1, node('d'), node('b'))), plan("abcd", "a", "bd", "c"));
    assertEquals(List.of(new Step.Release(0, node('b'), node('a'))), plan("abc", "ab", "b", "c"));
  }

  @Test
  void twoShardsShareANodeOnlyWhereNodesAreFew() {
    assertEquals(List.of(new Step.Rebuild(2, node('a'))), plan("ab", "a", "b", ""));
    assertEquals(List.of(), plan("ab", "a", "b", "a"));
    assertEquals(List.of(new Step.Move(2, node('a'), node('c'))), plan("abc", "a", "b", "a"));
  }

  @Test
  void anyStateIsInPlaceAfterItsPlan() {
    Random random = new Random(5);
    for (int run = 0; run < 3000; run++) {
      List<NodeId> all = nodes("abcdefghij".substring(0, 2 + random.nextInt(9)));
      List<NodeId> order = new ArrayList<>(all);
      Collections.shuffle(order, random);
      order = order.subList(0, 1 + random.nextInt(order.size()));
      List<Set<NodeId>> holders = new ArrayList<>();
      for (int shard = 0; shard < 6; shard++) {
        Set<NodeId> has = new HashSet<>();
        while (random.nextInt(3) > 0) {
          has.add(all.get(random.nextInt(all.size())));
        }
        holders.add(has);
      }
      for (int pass = 0; pass < 3; pass++) {
        StripePlan.of(order, holders).forEach(step -> apply(step, holders));
      }
      assertEquals(List.of(), StripePlan.of(order, holders), "run " + run);
      Map<NodeId, Integer> load = new HashMap<>();
      for (Set<NodeId> has : holders) {
        assertEquals(1, has.size());
        load.merge(has.iterator().next(), 1, Integer::sum);
      }
      assertEquals(Math.min(6, order.size()), load.size(), "as many nodes as there are");
      assertTrue(order.containsAll(load.keySet()));
    }
  }

  private static void apply(Step step, List<Set<NodeId>> holders) {
    switch (step) {
      case Step.Rebuild(int shard, NodeId to) -> holders.get(shard).add(to);
      case Step.Move(int shard, NodeId from, NodeId to) -> {
        holders.get(shard).add(to);
        holders.get(shard).remove(from);
      }
      case Step.Release(int shard, NodeId from, NodeId keeper) -> {
        assertTrue(holders.get(shard).contains(keeper), "never the last copy");
        holders.get(shard).remove(from);
      }
    }
  }
}
