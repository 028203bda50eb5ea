package io.cairnfs.dht.placement;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.SplitMix64;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which nodes hold a block. The k storing nodes XOR-closest to its key are the candidates; weighted
 * rendezvous hashing over them gives the order of the replicas, with at most one per zone while
 * zones last. Pure: every party that knows the same records computes the same order.
 *
 * <p>Sources: Thaler and Ravishankar, "Using name-based mappings to increase hit rates" (1998) for
 * rendezvous hashing; Schindelhauer and Schomaker, "Weighted distributed hash tables" (2005) for
 * the logarithmic weighting.
 */
public final class Placement {

  /** How many nodes are candidates unless configured otherwise: Kademlia's k. */
  public static final int DEFAULT_K = 20;

  /**
   * Significant bits of a capacity that count: a node's share changes only in steps of 14 to 25
   * percent.
   */
  private static final int WEIGHT_BITS = 3;

  private record Scored(NodeRecord node, double score) {}

  private Placement() {}

  /**
   * All candidates for a block in replica order. The first {@code replication} of them are its
   * designated replicas. Nodes that are draining or leaving come last: they are read from, not
   * written to. Nodes that store no blocks are left out.
   *
   * @param key the block's SHA-256 digest
   * @param known the nodes that the caller knows near the key, in any order, each once
   * @param k how many of the closest are candidates
   */
  public static List<NodeRecord> order(Key256 key, Collection<NodeRecord> known, int k) {
    List<NodeRecord> closest = closestStoring(key, known, k);
    List<Scored> scored = new ArrayList<>(closest.size());
    List<Scored> retiring = new ArrayList<>();
    for (NodeRecord node : closest) {
      Scored entry = new Scored(node, score(key, node));
      (node.state() == NodeState.ACTIVE ? scored : retiring).add(entry);
    }
    Comparator<Scored> byScore =
        Comparator.comparingDouble(Scored::score).thenComparing(entry -> entry.node().id());
    scored.sort(byScore);
    retiring.sort(byScore);
    List<NodeRecord> order = spreadOverZones(scored);
    retiring.forEach(entry -> order.add(entry.node()));
    return order;
  }

  /**
   * The weight that a capacity counts for: its most significant bits. Capacities that differ by
   * less than a step weigh the same, so that a record with a slightly other capacity moves no data.
   */
  public static long weight(long capacityBytes) {
    int dropped = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(capacityBytes) - WEIGHT_BITS);
    return capacityBytes >>> dropped << dropped;
  }

  private static List<NodeRecord> closestStoring(Key256 key, Collection<NodeRecord> known, int k) {
    List<NodeRecord> storing = new ArrayList<>(known.size());
    for (NodeRecord node : known) {
      if (node.has(NodeRole.STORES_BLOCKS) && node.capacityBytes() > 0) {
        storing.add(node);
      }
    }
    if (storing.size() <= k) {
      return storing;
    }
    storing.sort((a, b) -> key.compareDistance(a.id().key(), b.id().key()));
    return storing.subList(0, k);
  }

  /**
   * The lowest score wins; exponentially distributed with the weight as rate, so wins are
   * proportional to weight.
   */
  private static double score(Key256 key, NodeRecord node) {
    double uniform = ((hash(key, node.id().key()) >>> 11) + 0.5) * 0x1.0p-53;
    // StrictMath: every platform must compute the same bits.
    return -StrictMath.log(uniform) / weight(node.capacityBytes());
  }

  /**
   * Both keys are SHA-256 digests already, so mixing their words suffices to make pairs
   * independent.
   */
  private static long hash(Key256 key, Key256 node) {
    long hash = 0;
    for (int offset = 0; offset < Key256.BYTES; offset += Long.BYTES) {
      hash = SplitMix64.mix(hash ^ key.longAt(offset));
      hash = SplitMix64.mix(hash ^ node.longAt(offset));
    }
    return hash;
  }

  /**
   * Takes the best node of each zone, then the second best of each, and so on. A node without a
   * zone is a zone of its own.
   */
  private static List<NodeRecord> spreadOverZones(List<Scored> byScore) {
    List<NodeRecord> order = new ArrayList<>(byScore.size());
    Deque<Scored> left = new ArrayDeque<>(byScore);
    while (!left.isEmpty()) {
      Set<String> taken = new HashSet<>();
      Deque<Scored> next = new ArrayDeque<>();
      for (Scored entry : left) {
        String zone = entry.node().zone();
        if (zone.isEmpty() || taken.add(zone)) {
          order.add(entry.node());
        } else {
          next.add(entry);
        }
      }
      left = next;
    }
    return order;
  }
}
