package io.cairnfs.protocol.transport;

import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.block.BlockLimits;
import java.util.List;

/** Bounds on what crosses a transport, the same for every implementation. */
public final class Limits {

  /**
   * A message: the structured part stays small next to bodies; a full batch of commits with its
   * tokens fits.
   */
  public static final int MAX_MESSAGE_BYTES = 2 << 20;

  /** All bodies of a frame: a full batch of blocks. */
  public static final int MAX_BODIES_BYTES = BlockLimits.MAX_BATCH_BYTES;

  /** Bodies of a frame: a full batch of commits. */
  public static final int MAX_BODIES = 8192;

  /** One line for a person, in characters. */
  public static final int MAX_DETAIL_LENGTH = 1000;

  /** Requests in flight per connection and direction: keeps a fast link full of 4 KiB blocks. */
  public static final int MAX_IN_FLIGHT = 256;

  /** Handlers that run at once for all peers: each is a virtual thread, a few kilobytes. */
  public static final int MAX_HANDLERS = 4096;

  /**
   * Handlers that run at once for one peer: enough for group commits, and a few dozen such peers
   * leave room for others.
   */
  public static final int MAX_HANDLERS_PER_PEER = 64;

  /**
   * Handlers that wait for something to happen, for all peers: each is a virtual thread and a small
   * request, a few kilobytes.
   */
  public static final int MAX_WAITING = 32_768;

  /** Handlers that wait for one peer: one or two for each mount of a machine. */
  public static final int MAX_WAITING_PER_PEER = 256;

  private Limits() {}

  /**
   * Checks a message and its bodies.
   *
   * @throws WireException {@link WireError#TOO_LARGE}
   */
  public static void check(Envelope<?> envelope) throws WireException {
    MessageLite message = envelope.message();
    if (message.getSerializedSize() > MAX_MESSAGE_BYTES) {
      throw new WireException(
          WireError.TOO_LARGE, "a message has at most " + MAX_MESSAGE_BYTES + " bytes");
    }
    List<byte[]> bodies = envelope.bodies();
    if (bodies.size() > MAX_BODIES || bytesOf(bodies) > MAX_BODIES_BYTES) {
      throw new WireException(
          WireError.TOO_LARGE,
          "a frame carries at most "
              + MAX_BODIES
              + " bodies of "
              + MAX_BODIES_BYTES
              + " bytes together");
    }
  }

  /** Length of all bodies together. */
  public static long bytesOf(List<byte[]> bodies) {
    long bytes = 0;
    for (byte[] body : bodies) {
      bytes += body.length;
    }
    return bytes;
  }
}
