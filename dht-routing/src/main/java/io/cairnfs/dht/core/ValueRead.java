package io.cairnfs.dht.core;

import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.Key256;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A quorum read in progress: what the nodes closest to a key have answered. */
final class ValueRead {

  private record Holding(NodeRecord node, @Nullable Value value) {}

  final long operation;
  final Key256 key;
  final int asked;
  private final List<Holding> holdings = new ArrayList<>();
  private @Nullable Value best;
  private int outstanding;
  private int answered;
  private int withValue;
  private boolean finished;

  /**
   * @param asked how many nodes are closest, this one included if it is
   * @param outstanding how many of them are being asked
   */
  ValueRead(long operation, Key256 key, int asked, int outstanding) {
    this.operation = operation;
    this.key = key;
    this.asked = asked;
    this.outstanding = outstanding;
  }

  /** This node is one of the closest. */
  void own(@Nullable Value value) {
    answered++;
    take(value);
  }

  void answered(NodeRecord node, @Nullable Value value) {
    outstanding--;
    answered++;
    holdings.add(new Holding(node, value));
    take(value);
  }

  void failed() {
    outstanding--;
  }

  private void take(@Nullable Value value) {
    if (value != null) {
      withValue++;
      if (best == null || value.supersedes(best)) {
        best = value;
      }
    }
  }

  /**
   * Whether the answer is known: a majority gave a value, or nobody is left to answer. Nodes that
   * have none do not count for a majority: they may have come after the value was stored.
   */
  boolean isComplete() {
    return !finished && (outstanding == 0 || withValue > asked / 2);
  }

  void finish() {
    finished = true;
  }

  @Nullable Value best() {
    return best;
  }

  int answered() {
    return answered;
  }

  /** Those who answered with an older value or none. */
  List<NodeRecord> behind() {
    List<NodeRecord> behind = new ArrayList<>();
    for (Holding holding : holdings) {
      if (best != null && !best.equals(holding.value())) {
        behind.add(holding.node());
      }
    }
    return behind;
  }
}
