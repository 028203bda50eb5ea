package io.cairnfs.protocol.head;

import io.cairnfs.protocol.head.message.DoneReply;
import io.cairnfs.protocol.head.message.ExportReply;
import io.cairnfs.protocol.head.message.ExportRequest;
import io.cairnfs.protocol.head.message.RecoverRequest;
import io.cairnfs.protocol.transport.Method;

/** The methods of heads as wholes: numbers 380 to 389. One for each of {@link Recovery}. */
public final class RecoveryMethods {

  public static final Method<ExportRequest, ExportReply> EXPORT =
      new Method<>(380, "head.export", ExportRequest.parser(), ExportReply.parser());

  public static final Method<RecoverRequest, DoneReply> RECOVER =
      new Method<>(381, "head.recover", RecoverRequest.parser(), DoneReply.parser());

  private RecoveryMethods() {}

  public static ExportRequest export(VolumeId volume) {
    return ExportRequest.newBuilder().setVolume(HeadMessages.encode(volume)).build();
  }
}
