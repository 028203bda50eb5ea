package io.cairnfs.protocol.transport;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;

/**
 * A remote method: its number on the wire and the messages it takes and gives. Each part of Cairn
 * declares its methods as constants beside its messages; numbers are reserved when retired, never
 * reused.
 *
 * @param number unique over all methods, 1 to 65535; 1-99 transport, 100-199 DHT, 200-299 blocks,
 *     300-399 heads, of which 360-379 repair; 400-499 administration, 500-599 cells
 * @param name for logs and metrics, such as {@code block.put}
 * @param requestParser reads the request
 * @param replyParser reads the reply
 * @param waits whether its handler mostly waits for something to happen: such requests take no
 *     other request's turn, and memory for a reply only when there is one
 */
public record Method<Q extends MessageLite, R extends MessageLite>(
    int number, String name, Parser<Q> requestParser, Parser<R> replyParser, boolean waits) {

  /** A method that is answered as soon as its handler has had its turn. */
  public Method(int number, String name, Parser<Q> requestParser, Parser<R> replyParser) {
    this(number, name, requestParser, replyParser, false);
  }

  @Override
  public String toString() {
    return name;
  }
}
