package io.cairnfs.protocol.admin;

import io.cairnfs.protocol.admin.message.ChangeWorkerReply;
import io.cairnfs.protocol.admin.message.ChangeWorkerRequest;
import io.cairnfs.protocol.admin.message.KnownVolumesReply;
import io.cairnfs.protocol.admin.message.KnownVolumesRequest;
import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.admin.message.NodeStatusRequest;
import io.cairnfs.protocol.transport.Method;

/** The methods for operators: numbers 400 to 499. */
public final class AdminMethods {

  /** How a node and its peers are. */
  public static final Method<NodeStatusRequest, NodeStatusReply> NODE_STATUS =
      new Method<>(400, "admin.status", NodeStatusRequest.parser(), NodeStatusReply.parser());

  /** Pauses, resumes or throttles a background job. */
  public static final Method<ChangeWorkerRequest, ChangeWorkerReply> CHANGE_WORKER =
      new Method<>(401, "admin.worker", ChangeWorkerRequest.parser(), ChangeWorkerReply.parser());

  /** Which volumes there are, as far as the node keeps their founding records. */
  public static final Method<KnownVolumesRequest, KnownVolumesReply> KNOWN_VOLUMES =
      new Method<>(402, "admin.volumes", KnownVolumesRequest.parser(), KnownVolumesReply.parser());

  private AdminMethods() {}
}
