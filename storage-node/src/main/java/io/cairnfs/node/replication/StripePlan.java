package io.cairnfs.node.replication;

import io.cairnfs.protocol.identity.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What brings the shards of a stripe to where they should be: each on a node of its own, among the
 * first of the stripe's order. Which shard is on which of these does not matter, so that a change
 * of the cluster moves no more than it must. Pure.
 */
final class StripePlan {

  /** A thing to do. */
  sealed interface Step {

    /** Nobody who answers has the shard: make it from others. */
    record Rebuild(int shard, NodeId to) implements Step {}

    /** It should be elsewhere; the copy at the source goes when this is done. */
    record Move(int shard, NodeId from, NodeId to) implements Step {}

    /** It is on two nodes: one is enough. */
    record Release(int shard, NodeId from, NodeId keeper) implements Step {}
  }

  private final List<NodeId> wanted;
  private final List<NodeId> order;
  private final List<Set<NodeId>> holders;
  private final Map<NodeId, Integer> load = new HashMap<>();
  private final @Nullable NodeId[] keepers;

  private StripePlan(List<NodeId> order, List<Set<NodeId>> holders) {
    this.order = order;
    this.wanted = order.subList(0, Math.min(holders.size(), order.size()));
    this.holders = holders;
    this.keepers = new NodeId[holders.size()];
  }

  /**
   * Plans.
   *
   * @param order the nodes that take shards, in the order of the stripe's placement, at least one;
   *     if they are fewer than shards, some get several
   * @param holders the nodes that have each shard, also those that take no more
   */
  static List<Step> of(List<NodeId> order, List<Set<NodeId>> holders) {
    StripePlan plan = new StripePlan(order, holders);
    plan.leaveWhereTheyAre();
    plan.placeOthers();
    return plan.steps();
  }

  /** Those with the least choice first. */
  private void leaveWhereTheyAre() {
    IntStream.range(0, keepers.length)
        .boxed()
        .sorted(Comparator.comparing(shard -> choices(shard).size()))
        .forEach(
            shard ->
                choices(shard).stream()
                    .filter(this::isFree)
                    .findFirst()
                    .ifPresent(node -> keep(shard, node)));
  }

  private List<NodeId> choices(int shard) {
    return wanted.stream().filter(holders.get(shard)::contains).toList();
  }

  private boolean isFree(NodeId node) {
    return !load.containsKey(node);
  }

  private void keep(int shard, NodeId node) {
    keepers[shard] = node;
    load.merge(node, 1, Integer::sum);
  }

  private void placeOthers() {
    for (int shard = 0; shard < keepers.length; shard++) {
      if (keepers[shard] == null) {
        keep(shard, place(shard));
      }
    }
  }

  private NodeId place(int shard) {
    Comparator<NodeId> byLoad = Comparator.comparing(node -> load.getOrDefault(node, 0));
    return wanted.stream()
        .filter(this::isFree)
        .findFirst()
        .or(() -> order.stream().filter(holders.get(shard)::contains).min(byLoad))
        .or(() -> wanted.stream().min(byLoad))
        .orElseThrow();
  }

  private List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    for (int shard = 0; shard < keepers.length; shard++) {
      NodeId keeper = keepers[shard];
      if (keeper == null) {
        throw new IllegalStateException("every shard has its place");
      }
      Set<NodeId> has = holders.get(shard);
      if (has.isEmpty()) {
        steps.add(new Step.Rebuild(shard, keeper));
      }
      for (NodeId holder : has) {
        if (!holder.equals(keeper)) {
          steps.add(
              has.contains(keeper)
                  ? new Step.Release(shard, holder, keeper)
                  : new Step.Move(shard, holder, keeper));
        }
      }
    }
    return steps;
  }
}
