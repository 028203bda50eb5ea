package io.cairnfs.protocol.transport;

import com.google.protobuf.MessageLite;
import java.util.List;

/**
 * A message and the raw bodies that travel with it, uncopied. Receivers treat bodies as immutable.
 *
 * @param message the small, structured part
 * @param bodies block bodies, in the order that the message describes
 */
public record Envelope<M extends MessageLite>(M message, List<byte[]> bodies) {

  public Envelope {
    bodies = List.copyOf(bodies);
  }

  public static <M extends MessageLite> Envelope<M> of(M message) {
    return new Envelope<>(message, List.of());
  }
}
