package io.cairnfs.protocol.transport;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handlers of one transport, by method: what every implementation shares. Thread-safe.
 * Answering happens on the calling thread.
 */
public final class Handlers {

  private static final Logger LOG = LoggerFactory.getLogger(Handlers.class);

  private final ConcurrentMap<Integer, Registration<?, ?>> byNumber = new ConcurrentHashMap<>();

  /**
   * @throws IllegalStateException if the method's number has a handler
   */
  public <Q extends MessageLite, R extends MessageLite> void register(
      Method<Q, R> method, Handler<Q, R> handler) {
    if (byNumber.putIfAbsent(method.number(), new Registration<>(method, handler)) != null) {
      throw new IllegalStateException(method + " has a handler already");
    }
  }

  /** The method's name for logs. */
  public String nameOf(int number) {
    Registration<?, ?> registration = byNumber.get(number);
    return registration == null ? "method " + number : registration.method.name();
  }

  /** Whether a method's handler mostly waits. */
  public boolean waits(int number) {
    Registration<?, ?> registration = byNumber.get(number);
    return registration != null && registration.method.waits();
  }

  /**
   * Parses and answers a request that came as bytes.
   *
   * @throws WireException every failure but an interrupt, with a number
   */
  public Envelope<? extends MessageLite> answer(
      int number, Caller caller, ByteString message, List<byte[]> bodies, Duration timeout)
      throws WireException, InterruptedException {
    return registration(number).parseAndAnswer(caller, message, bodies, timeout);
  }

  /**
   * Answers a request of this process, whose messages are passed by reference.
   *
   * @throws WireException every failure but an interrupt, with a number
   */
  @SuppressWarnings("unchecked") // the same method has the same types
  public <Q extends MessageLite, R extends MessageLite> Envelope<R> answer(
      Method<Q, R> method, Caller caller, Envelope<Q> request, Duration timeout)
      throws WireException, InterruptedException {
    Registration<?, ?> registration = registration(method.number());
    if (!registration.method.equals(method)) {
      throw new WireException(WireError.UNKNOWN_METHOD, method + " is another method here");
    }
    return ((Registration<Q, R>) registration).answer(caller, request, timeout);
  }

  private Registration<?, ?> registration(int number) throws WireException {
    Registration<?, ?> registration = byNumber.get(number);
    if (registration == null) {
      throw new WireException(WireError.UNKNOWN_METHOD, "no method " + number + " here");
    }
    return registration;
  }

  private record Registration<Q extends MessageLite, R extends MessageLite>(
      Method<Q, R> method, Handler<Q, R> handler) {

    Envelope<R> parseAndAnswer(
        Caller caller, ByteString message, List<byte[]> bodies, Duration timeout)
        throws WireException, InterruptedException {
      Q parsed;
      try {
        parsed = method.requestParser().parseFrom(message);
      } catch (InvalidProtocolBufferException e) {
        throw new WireException(WireError.MALFORMED, method + ": the message cannot be parsed", e);
      }
      return answer(caller, new Envelope<>(parsed, bodies), timeout);
    }

    Envelope<R> answer(Caller caller, Envelope<Q> request, Duration timeout)
        throws WireException, InterruptedException {
      Envelope<R> reply;
      try {
        reply = handler.handle(caller, request, timeout);
      } catch (WireException | InterruptedException e) {
        throw e;
      } catch (Throwable e) {
        LOG.error("{} for {} failed", method, caller.id(), e);
        throw new WireException(
            WireError.INTERNAL, method + " failed; the node's log says more", e);
      }
      Limits.check(reply);
      return reply;
    }
  }
}
