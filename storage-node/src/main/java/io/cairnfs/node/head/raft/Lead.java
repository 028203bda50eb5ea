package io.cairnfs.node.head.raft;

import io.cairnfs.node.head.HeadClock;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether this voter leads its cell, and since when. Thread-safe. */
final class Lead {

  /**
   * A time during which this voter leads.
   *
   * @param number that of the consensus
   * @param clock the cell's time, which begins where the log says it was
   */
  record Term(long number, HeadClock clock) {}

  private final Supplier<String> leader;
  private volatile @Nullable Term term;

  /**
   * @param leader the id of the voter that leads as far as is known; empty for none
   */
  Lead(Supplier<String> leader) {
    this.leader = leader;
  }

  void begin(Term newTerm) {
    term = newTerm;
  }

  /** Returns whether it had begun. */
  boolean end() {
    boolean led = term != null;
    term = null;
    return led;
  }

  @Nullable Term term() {
    return term;
  }

  /**
   * @throws HeadException {@code NOT_LEADER}
   */
  Term require() throws HeadException {
    Term current = term;
    if (current == null) {
      throw new HeadException(Reason.NOT_LEADER, leader.get());
    }
    return current;
  }
}
