package io.cairnfs.client.block;

import io.cairnfs.client.block.Replicas.Replica;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.WireError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers which nodes did not answer, so that one that is down costs a timeout once and not with
 * each block. A suspect is avoided for a time that doubles with each failure; then it is tried like
 * any other. Thread-safe.
 */
final class NodeHealth {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  /** A node that is back should not be left out much longer than this. */
  private static final int MAX_DOUBLINGS = 5;

  /** Failures that say that the node, not the request, is in trouble. */
  private static final Set<WireError> OF_THE_NODE =
      EnumSet.of(
          WireError.INTERNAL,
          WireError.VERSION,
          WireError.NOT_ADMITTED,
          WireError.TIMEOUT,
          WireError.UNREACHABLE,
          WireError.WRONG_IDENTITY,
          WireError.CLOSING,
          WireError.STORE_FAILED);

  private final Replicas replicas;
  private final ConcurrentHashMap<NodeId, Suspicion> suspects = new ConcurrentHashMap<>();

  /** How often in a row a node failed, and until when it is avoided, by {@link System#nanoTime}. */
  private record Suspicion(int failures, long untilNanos) {}

  NodeHealth(Replicas replicas) {
    this.replicas = replicas;
  }

  /** Whether to ask others first. */
  boolean isAvoided(NodeId node) {
    Suspicion suspicion = suspects.get(node);
    boolean suspected = suspicion != null && suspicion.untilNanos() - System.nanoTime() > 0;
    return suspected || !replicas.isUp(node);
  }

  /** The same nodes, those to avoid last. */
  List<Replica> healthyFirst(List<Replica> order) {
    List<Replica> healthy = new ArrayList<>(order.size());
    List<Replica> avoided = new ArrayList<>();
    for (Replica replica : order) {
      (isAvoided(replica.id()) ? avoided : healthy).add(replica);
    }
    healthy.addAll(avoided);
    return healthy;
  }

  void answered(NodeId node) {
    suspects.remove(node);
  }

  /** Takes notice of a failed request. */
  void failed(NodeId node, WireError error) {
    if (OF_THE_NODE.contains(error)) {
      tooSlow(node);
    } else {
      answered(node); // it said no, so it lives
    }
  }

  /**
   * A node let others overtake it, or did not answer at all. Failures while it is avoided anyway
   * count once.
   */
  void tooSlow(NodeId node) {
    long now = System.nanoTime();
    suspects.compute(
        node,
        (id, before) -> {
          if (before != null && before.untilNanos() - now > 0) {
            return before;
          }
          int failures = before == null ? 0 : Math.min(MAX_DOUBLINGS, before.failures() + 1);
          return new Suspicion(failures, now + (FIRST_PAUSE.toNanos() << failures));
        });
    replicas.suspect(node);
  }
}
