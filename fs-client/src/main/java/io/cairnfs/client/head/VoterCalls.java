package io.cairnfs.client.head;

import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Calls whichever voter answers, again and again until the time is up: every request of a head may
 * be repeated, so that a voter that is away only makes its clients wait. The voter that was last
 * known to lead is asked first. Thread-safe.
 */
final class VoterCalls {

  /**
   * After this long without an answer the next voter is asked, or the same one on a fresh
   * connection.
   */
  static final Duration ATTEMPT = Duration.ofSeconds(10);

  /**
   * Where there are others that may lead by now, a first answer is waited for so long, and longer
   * every time: a leader that was cut off says nothing.
   */
  private static final Duration FIRST_ATTEMPT = Duration.ofSeconds(2);

  /**
   * Pauses double from the first, so that a voter that comes back is found soon and one that does
   * not is left alone.
   */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  /** While voters answer that none leads yet, one will within moments. */
  private static final Duration ELECTION_PAUSE = Duration.ofMillis(50);

  private final Transport transport;
  private final HeadPlace place;
  private final Duration attempt;
  private volatile @Nullable NodeId leader;

  VoterCalls(Transport transport, HeadPlace place, Duration attempt) {
    this.transport = transport;
    this.place = place;
    this.attempt = attempt;
  }

  /**
   * Calls a method.
   *
   * @throws HeadException as a voter refused, or {@code UNAVAILABLE} when the time is up
   */
  <Q extends MessageLite, R extends MessageLite> Envelope<R> call(
      Method<Q, R> method, Envelope<Q> request, Duration timeout)
      throws HeadException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    Duration pause = FIRST_PAUSE;
    Duration patience = shorter(FIRST_ATTEMPT, attempt);
    Set<NodeId> silent = Set.of();
    WireException last = null;
    while (true) {
      Round round = new Round(place.voters(), silent);
      Duration longest = round.hasOthers() && !method.waits() ? patience : attempt;
      for (Peer voter = round.next(leader); voter != null; voter = round.next(leader)) {
        Duration left = left(deadline);
        if (!left.isPositive()) {
          break;
        }
        try {
          Envelope<R> reply = transport.request(voter, method, request, shorter(left, longest));
          leader = voter.id();
          return reply;
        } catch (WireException e) {
          leader = round.failed(voter, e);
          Founding to = round.movedTo();
          if (to != null) {
            place.moved(to);
          }
        }
      }
      round.refuseIfNoneKnows();
      if (round.isDoubtful()) {
        place.doubtful();
      }
      silent = round.silent();
      last = round.last() == null ? last : round.last(); // the time may be up before a round asks
      patience = shorter(patience.multipliedBy(2), attempt);
      Duration left = left(deadline);
      if (!left.isPositive()) {
        throw unavailable(method, timeout, last);
      }
      Thread.sleep(shorter(left, round.isElection() ? ELECTION_PAUSE : pause));
      pause = shorter(pause.multipliedBy(2), LONGEST_PAUSE);
    }
  }

  private static Duration left(long deadline) {
    return Duration.ofNanos(deadline - System.nanoTime());
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static HeadException unavailable(
      Method<?, ?> method, Duration timeout, @Nullable WireException last) {
    String why = last == null ? "no voter is known" : last.getMessage();
    return new HeadException(
        Reason.UNAVAILABLE,
        "no voter answered " + method + " within " + timeout.toMillis() + " ms: " + why,
        last);
  }
}
