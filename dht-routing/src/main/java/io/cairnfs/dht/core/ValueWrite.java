package io.cairnfs.dht.core;

import org.jspecify.annotations.Nullable;

/** A write of a value in progress: which of the nodes closest to its key hold it by now. */
final class ValueWrite {

  final long operation;
  final Value value;
  final int asked;
  private int outstanding;
  private int stored;
  private @Nullable Value newer;

  /**
   * @param asked how many nodes are closest, this one included if it is
   * @param outstanding how many of them are being asked
   */
  ValueWrite(long operation, Value value, int asked, int outstanding) {
    this.operation = operation;
    this.value = value;
    this.asked = asked;
    this.outstanding = outstanding;
  }

  void own(Response.PutOutcome outcome) {
    take(outcome);
  }

  void answered(Response.PutOutcome outcome) {
    outstanding--;
    take(outcome);
  }

  void failed() {
    outstanding--;
  }

  private void take(Response.PutOutcome outcome) {
    if (outcome.stored()) {
      stored++;
    }
    Value other = outcome.newer();
    if (other != null && other.supersedes(value) && (newer == null || other.supersedes(newer))) {
      newer = other;
    }
  }

  boolean isComplete() {
    return outstanding == 0;
  }

  Output.WriteDone outcome() {
    return new Output.WriteDone(operation, stored, asked, newer);
  }
}
