package io.cairnfs.client.head;

import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.head.HeadErrors;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls whichever voter answers, again and again until the time is up: every request of a head may
 * be repeated, so that a voter that is away only makes its clients wait.
 */
final class VoterCalls {

  /**
   * After this long without an answer the next voter is asked, or the same one on a fresh
   * connection.
   */
  static final Duration ATTEMPT = Duration.ofSeconds(10);

  /**
   * Pauses double from the first, so that a voter that comes back is found soon and one that does
   * not is left alone.
   */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Transport transport;
  private final Supplier<List<Peer>> voters;
  private final Duration attempt;

  VoterCalls(Transport transport, Supplier<List<Peer>> voters, Duration attempt) {
    this.transport = transport;
    this.voters = voters;
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
    WireException last = null;
    while (true) {
      for (Peer voter : voters.get()) {
        Duration left = left(deadline);
        if (!left.isPositive()) {
          break;
        }
        try {
          return transport.request(voter, method, request, shorter(left, attempt));
        } catch (WireException e) {
          if (!e.error().isTransient()) {
            throw HeadErrors.fromWire(e);
          }
          last = e;
        }
      }
      Duration left = left(deadline);
      if (!left.isPositive()) {
        throw unavailable(method, timeout, last);
      }
      Thread.sleep(shorter(left, pause));
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
