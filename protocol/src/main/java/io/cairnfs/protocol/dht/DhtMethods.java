package io.cairnfs.protocol.dht;

import io.cairnfs.protocol.transport.Method;

/**
 * The remote methods of the distributed hash table, numbers 100 to 199. Numbers are never reused.
 */
public final class DhtMethods {

  /** Are you there, and what is your record? */
  public static final Method<PingRequest, PingReply> PING =
      new Method<>(100, "dht.ping", PingRequest.parser(), PingReply.parser());

  /** Which nodes do you know closest to a key? */
  public static final Method<FindNodeRequest, FindNodeReply> FIND_NODE =
      new Method<>(101, "dht.find-node", FindNodeRequest.parser(), FindNodeReply.parser());

  /** Keep a small signed value. */
  public static final Method<PutValueRequest, PutValueReply> PUT_VALUE =
      new Method<>(102, "dht.put-value", PutValueRequest.parser(), PutValueReply.parser());

  /** Give the small signed value of a key. */
  public static final Method<GetValueRequest, GetValueReply> GET_VALUE =
      new Method<>(103, "dht.get-value", GetValueRequest.parser(), GetValueReply.parser());

  private DhtMethods() {}
}
