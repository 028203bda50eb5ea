package io.cairnfs.client.block;

import io.cairnfs.client.block.Replicas.Replica;
import io.cairnfs.client.wait.Deadline;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One read of one block or chunk: asks replicas one after the other, the next one as soon as one
 * fails or is slow, and takes the first good answer. Used by one thread.
 */
final class ReplicaRead {

  private final NodeHealth health;
  private final PlacementSettings settings;
  private final BlockCounters counters;
  private final Question question;

  private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
  private final List<Try> outstanding = new ArrayList<>();
  private final Set<Replica> asked = new HashSet<>();
  private final List<Replica> bad = new ArrayList<>();
  private int without;

  /** What each replica is asked. */
  @FunctionalInterface
  interface Question {
    byte[] ask(Peer node, Duration timeout) throws WireException, InterruptedException;
  }

  ReplicaRead(
      Question question, NodeHealth health, PlacementSettings settings, BlockCounters counters) {
    this.question = question;
    this.health = health;
    this.settings = settings;
    this.counters = counters;
  }

  private record Try(Replica replica, Thread thread) {}

  /** What came of asking a node: bytes or a failure. */
  private sealed interface Outcome {
    Replica replica();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Found(Replica replica, byte[] bytes) implements Outcome {}

    record Failed(Replica replica, WireError error) implements Outcome {}
  }

  /**
   * Asks those candidates that were not asked yet.
   *
   * @return the bytes, or null if none of them gave it in time
   */
  byte @Nullable [] ask(List<Replica> candidates) throws InterruptedException {
    List<Replica> left = new ArrayList<>(candidates);
    left.removeIf(asked::contains);
    try {
      while (!outstanding.isEmpty() || !left.isEmpty() || !outcomes.isEmpty()) {
        if (outstanding.isEmpty() && outcomes.isEmpty()) {
          askNext(left);
        }
        Outcome outcome = await(left.isEmpty() ? settings.readTimeout() : settings.readHedge());
        if (outcome instanceof Outcome.Found found) {
          return found.bytes();
        }
        if (outcome == null && Deadline.remaining().isZero()) {
          return null;
        }
        if (outcome == null && !left.isEmpty()) {
          health.tooSlow(outstanding.getLast().replica().id());
          counters.hedges.increment();
          start(left.removeFirst());
        }
      }
      return null;
    } finally {
      outstanding.forEach(one -> one.thread().interrupt());
      outstanding.clear();
    }
  }

  /**
   * As {@link #ask}, for an answer so short that its transfer takes no time: the first candidate is
   * asked on this thread, which saves two hand-overs, for as long as nobody else would be asked. If
   * it does not answer by then, it is given up, and asked again as the last one.
   */
  byte @Nullable [] askBriefly(List<Replica> candidates) throws InterruptedException {
    if (candidates.isEmpty()) {
      return null;
    }
    Replica first = candidates.getFirst();
    Outcome outcome = request(first, atMost(settings.readHedge()));
    if (outcome instanceof Outcome.Found found) {
      return found.bytes();
    }
    List<Replica> left = new ArrayList<>(candidates.subList(1, candidates.size()));
    if (outcome instanceof Outcome.Failed(Replica slow, WireError error)
        && error == WireError.TIMEOUT) {
      counters.hedges.increment();
      left.add(slow);
    } else {
      asked.add(first);
      outcomes.add(outcome);
    }
    return ask(left);
  }

  /** Asks the next candidate, on this thread if nobody could overtake it. */
  private void askNext(List<Replica> left) {
    Replica next = left.removeFirst();
    if (left.isEmpty()) {
      asked.add(next);
      outcomes.add(request(next, atMost(settings.readTimeout())));
    } else {
      start(next);
    }
  }

  /** Nodes whose replica is damaged, or that lied. */
  List<Replica> bad() {
    return bad;
  }

  /** Whether every node that was asked said that it does not have the block. */
  boolean nobodyHasIt() {
    return !asked.isEmpty() && without == asked.size();
  }

  private void start(Replica replica) {
    asked.add(replica);
    Duration timeout = atMost(settings.readTimeout());
    outstanding.add(
        new Try(
            replica,
            Thread.ofVirtual()
                .name("cairn-get")
                .start(() -> outcomes.add(request(replica, timeout)))));
  }

  private Outcome request(Replica replica, Duration timeout) {
    try {
      byte[] bytes = question.ask(replica.peer(), timeout);
      health.answered(replica.id());
      return new Outcome.Found(replica, bytes);
    } catch (WireException e) {
      health.failed(replica.id(), e.error());
      return new Outcome.Failed(replica, e.error());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // another one was faster, or the reader was interrupted
      return new Outcome.Failed(replica, WireError.CLOSING);
    } catch (RuntimeException e) {
      return new Outcome.Failed(replica, WireError.INTERNAL);
    }
  }

  private @Nullable Outcome await(Duration patience) throws InterruptedException {
    Outcome outcome = outcomes.poll(atMost(patience).toNanos(), TimeUnit.NANOSECONDS);
    if (outcome != null) {
      outstanding.removeIf(one -> one.replica().equals(outcome.replica()));
    }
    if (outcome instanceof Outcome.Failed(Replica replica, WireError error)) {
      if (error == WireError.NOT_FOUND) {
        without++;
      } else if (error == WireError.WRONG_HASH || error == WireError.CORRUPT) {
        bad.add(replica);
      }
    }
    return outcome;
  }

  private static Duration atMost(Duration patience) {
    Duration left = Deadline.remaining();
    return left.compareTo(patience) < 0 ? left : patience;
  }
}
