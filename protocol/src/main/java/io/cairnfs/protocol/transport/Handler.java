package io.cairnfs.protocol.transport;

import com.google.protobuf.MessageLite;
import java.time.Duration;

/**
 * Answers one method. Called on a virtual thread of its own: it may block, and must stop when
 * interrupted.
 */
@FunctionalInterface
public interface Handler<Q extends MessageLite, R extends MessageLite> {

  /**
   * @param caller the authenticated requester
   * @param request the parsed request
   * @param timeout how long the requester still waits
   * @throws WireException a numbered failure, sent to the requester as it is; anything else thrown
   *     is logged and sent as {@link WireError#INTERNAL}
   * @throws InterruptedException when the request was cancelled or its connection is gone
   */
  Envelope<R> handle(Caller caller, Envelope<Q> request, Duration timeout)
      throws WireException, InterruptedException;
}
