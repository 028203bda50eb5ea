package io.cairnfs.protocol.admin;

import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.admin.message.NodeStatusRequest;
import io.cairnfs.protocol.transport.Method;

/** The methods for operators: numbers 400 to 499. */
public final class AdminMethods {

  /** How a node and its peers are. */
  public static final Method<NodeStatusRequest, NodeStatusReply> NODE_STATUS =
      new Method<>(400, "admin.status", NodeStatusRequest.parser(), NodeStatusReply.parser());

  private AdminMethods() {}
}
