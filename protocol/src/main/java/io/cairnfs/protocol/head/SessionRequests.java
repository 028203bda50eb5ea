package io.cairnfs.protocol.head;

import io.cairnfs.protocol.head.message.CancelLockRequest;
import io.cairnfs.protocol.head.message.ClaimRequest;
import io.cairnfs.protocol.head.message.OpenRequest;
import io.cairnfs.protocol.head.message.RenewRequest;
import io.cairnfs.protocol.head.message.ShareRequest;
import java.util.List;

/** The requests by which a session begins, lives and shares, as messages. */
public final class SessionRequests {

  private SessionRequests() {}

  public static OpenRequest open(VolumeId volume, SessionId session, String holder, boolean alone) {
    return OpenRequest.newBuilder()
        .setVolume(HeadMessages.encode(volume))
        .setSession(HeadMessages.encode(session))
        .setHolder(holder)
        .setAlone(alone)
        .build();
  }

  public static RenewRequest renew(VolumeId volume, SessionId session) {
    return RenewRequest.newBuilder()
        .setVolume(HeadMessages.encode(volume))
        .setSession(HeadMessages.encode(session))
        .build();
  }

  public static ShareRequest share(
      VolumeId volume, SessionId session, long change, List<VolumeLock> locks) {
    return ShareRequest.newBuilder()
        .setVolume(HeadMessages.encode(volume))
        .setSession(HeadMessages.encode(session))
        .setChange(change)
        .addAllLock(locks.stream().map(LockMessages::encode).toList())
        .build();
  }

  public static ClaimRequest claim(VolumeId volume, SessionId session, long change, long taken) {
    return ClaimRequest.newBuilder()
        .setVolume(HeadMessages.encode(volume))
        .setSession(HeadMessages.encode(session))
        .setChange(change)
        .setTaken(taken)
        .build();
  }

  public static CancelLockRequest cancelLock(VolumeId volume, SessionId session, long number) {
    return CancelLockRequest.newBuilder()
        .setVolume(HeadMessages.encode(volume))
        .setSession(HeadMessages.encode(session))
        .setNumber(number)
        .build();
  }
}
