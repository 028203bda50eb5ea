package io.cairnfs.protocol.head;

import io.cairnfs.protocol.head.message.CloseSweepRequest;
import io.cairnfs.protocol.head.message.DoneReply;
import io.cairnfs.protocol.head.message.OpenSweepReply;
import io.cairnfs.protocol.head.message.OpenSweepRequest;
import io.cairnfs.protocol.transport.Method;

/** The methods of sweeps at a head: numbers 340 to 349. One for each method of {@link Sweeps}. */
public final class SweepMethods {

  public static final Method<OpenSweepRequest, OpenSweepReply> OPEN =
      new Method<>(340, "head.sweep.open", OpenSweepRequest.parser(), OpenSweepReply.parser());

  public static final Method<CloseSweepRequest, DoneReply> CLOSE =
      new Method<>(341, "head.sweep.close", CloseSweepRequest.parser(), DoneReply.parser());

  private SweepMethods() {}

  public static OpenSweepRequest open(VolumeId volume, SessionId session) {
    return OpenSweepRequest.newBuilder()
        .setVolume(HeadMessages.encode(volume))
        .setSession(HeadMessages.encode(session))
        .build();
  }

  public static CloseSweepRequest close(VolumeId volume, SessionId session, long epoch) {
    return CloseSweepRequest.newBuilder()
        .setVolume(HeadMessages.encode(volume))
        .setSession(HeadMessages.encode(session))
        .setEpoch(epoch)
        .build();
  }
}
