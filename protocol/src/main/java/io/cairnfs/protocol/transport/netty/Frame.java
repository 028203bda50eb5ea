package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.transport.message.FailureHeader;
import io.cairnfs.protocol.transport.message.Hello;
import io.cairnfs.protocol.transport.message.RequestHeader;
import io.cairnfs.protocol.transport.message.ResponseHeader;
import java.util.List;

/** A received frame. */
sealed interface Frame {

  record Greeting(Hello hello) implements Frame {}

  /**
   * @param bytes what it takes of the request budget until it is answered
   */
  record Request(int id, RequestHeader header, List<byte[]> bodies, int bytes) implements Frame {}

  record Response(int id, ResponseHeader header, List<byte[]> bodies) implements Frame {}

  record Failure(int id, FailureHeader header) implements Frame {}

  record Cancel(int id) implements Frame {}

  record Ping() implements Frame {}

  record Pong() implements Frame {}
}
