package io.cairnfs.node.replication;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.NodeId;
import java.time.Duration;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * When a worker goes through all that it cares for: soon after the cluster has changed or somebody
 * has come or gone, again and again while that leaves something and gets anywhere, ever more seldom
 * while it does not, and from time to time otherwise. Confined to the worker's thread.
 */
final class PassSchedule {

  /** After a pass that has left something; twice as long after each that could do nothing. */
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final DesignatedReplicas replicas;
  private final Duration settle;
  private final Duration idle;
  private final LongSupplier nanoTime;
  private @Nullable Object view;
  private Set<NodeId> up = Set.of();
  private long dueNanos;
  private Duration retry = RETRY;

  /**
   * @param settle how long to wait after a change, as others come with it
   * @param idle between two passes while nothing happens
   */
  PassSchedule(DesignatedReplicas replicas, Duration settle, Duration idle) {
    this(replicas, settle, idle, System::nanoTime);
  }

  PassSchedule(DesignatedReplicas replicas, Duration settle, Duration idle, LongSupplier nanoTime) {
    this.replicas = replicas;
    this.settle = settle;
    this.idle = idle;
    this.nanoTime = nanoTime;
    this.dueNanos = nanoTime.getAsLong();
  }

  /** Whether the cluster has changed, so that a pass under way is to begin anew. */
  boolean hasChanged() {
    Object now = replicas.view();
    Set<NodeId> upNow =
        replicas.peers().stream()
            .map(NodeRecord::id)
            .filter(replicas::isUp)
            .collect(Collectors.toSet());
    if (now.equals(view) && upNow.equals(up)) {
      return false;
    }
    view = now;
    up = upNow;
    retry = RETRY;
    dueNanos = nanoTime.getAsLong() + settle.toNanos();
    return true;
  }

  boolean isDue() {
    return dueNanos - nanoTime.getAsLong() <= 0;
  }

  /**
   * Sets the time of the next pass.
   *
   * @param moved whether this one could do something
   * @param left how much it has left
   */
  void passed(boolean moved, long left) {
    Duration longer = retry.multipliedBy(2);
    retry = moved ? RETRY : longer.compareTo(idle) < 0 ? longer : idle;
    dueNanos = nanoTime.getAsLong() + (left > 0 ? retry : idle).toNanos();
  }
}
