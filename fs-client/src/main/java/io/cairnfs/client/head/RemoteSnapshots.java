package io.cairnfs.client.head;

import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.NewSnapshot;
import io.cairnfs.protocol.head.SessionGrant;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.SnapshotList;
import io.cairnfs.protocol.head.SnapshotMessages;
import io.cairnfs.protocol.head.SnapshotMethods;
import io.cairnfs.protocol.head.SnapshotSchedule;
import io.cairnfs.protocol.head.Snapshots;
import io.cairnfs.protocol.head.TreeOrigin;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.AwaitDrainRequest;
import io.cairnfs.protocol.head.message.DeleteSnapshotRequest;
import io.cairnfs.protocol.head.message.DrainRequest;
import io.cairnfs.protocol.head.message.FoundOnRequest;
import io.cairnfs.protocol.head.message.ListSnapshotsRequest;
import io.cairnfs.protocol.head.message.OpenReply;
import io.cairnfs.protocol.head.message.RestoreRequest;
import io.cairnfs.protocol.head.message.SeizeRequest;
import io.cairnfs.protocol.head.message.SetScheduleRequest;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Transport;
import java.time.Duration;

/** The snapshots of one cell's volumes, asked over a transport as {@link RemoteHead} is. */
public final class RemoteSnapshots implements Snapshots {

  private final VoterCalls voters;

  /**
   * @param place where the voters are
   */
  public RemoteSnapshots(Transport transport, HeadPlace place) {
    this.voters = new VoterCalls(transport, place, VoterCalls.ATTEMPT);
  }

  @Override
  public Snapshot create(VolumeId volume, NewSnapshot wanted, Duration timeout)
      throws HeadException, InterruptedException {
    var reply = call(SnapshotMethods.CREATE, SnapshotMessages.encode(volume, wanted), timeout);
    return RemoteHead.decode(() -> SnapshotMessages.decode(reply.getSnapshot()));
  }

  @Override
  public SnapshotList list(VolumeId volume, Duration timeout)
      throws HeadException, InterruptedException {
    ListSnapshotsRequest request =
        ListSnapshotsRequest.newBuilder().setVolume(HeadMessages.encode(volume)).build();
    var reply = call(SnapshotMethods.LIST, request, timeout);
    return RemoteHead.decode(() -> SnapshotMessages.decode(reply));
  }

  @Override
  public void delete(VolumeId volume, long serial, Duration timeout)
      throws HeadException, InterruptedException {
    DeleteSnapshotRequest request =
        DeleteSnapshotRequest.newBuilder()
            .setVolume(HeadMessages.encode(volume))
            .setSerial(serial)
            .build();
    call(SnapshotMethods.DELETE, request, timeout);
  }

  @Override
  public void setSchedule(VolumeId volume, SnapshotSchedule schedule, Duration timeout)
      throws HeadException, InterruptedException {
    SetScheduleRequest request =
        SetScheduleRequest.newBuilder()
            .setVolume(HeadMessages.encode(volume))
            .setSchedule(SnapshotMessages.encode(schedule))
            .build();
    call(SnapshotMethods.SET_SCHEDULE, request, timeout);
  }

  @Override
  public void foundOn(Founding founding, TreeOrigin origin, Duration timeout)
      throws HeadException, InterruptedException {
    FoundOnRequest request =
        FoundOnRequest.newBuilder()
            .setFounding(HeadMessages.encode(founding))
            .setOrigin(SnapshotMessages.encode(origin))
            .build();
    call(SnapshotMethods.FOUND_ON, request, timeout);
  }

  @Override
  public SessionGrant seize(VolumeId volume, SessionId session, String holder, Duration timeout)
      throws HeadException, InterruptedException {
    SeizeRequest request =
        SeizeRequest.newBuilder()
            .setVolume(HeadMessages.encode(volume))
            .setSession(HeadMessages.encode(session))
            .setHolder(holder)
            .build();
    OpenReply reply = call(SnapshotMethods.SEIZE, request, timeout);
    return RemoteHead.decode(() -> RemoteHead.grant(reply));
  }

  @Override
  public void restore(
      VolumeId volume,
      SessionId session,
      long expectedSequence,
      TreeOrigin origin,
      Duration timeout)
      throws HeadException, InterruptedException {
    RestoreRequest request =
        RestoreRequest.newBuilder()
            .setVolume(HeadMessages.encode(volume))
            .setSession(HeadMessages.encode(session))
            .setExpectedSequence(expectedSequence)
            .setOrigin(SnapshotMessages.encode(origin))
            .build();
    call(SnapshotMethods.RESTORE, request, timeout);
  }

  @Override
  public boolean drain(VolumeId volume, Duration wait, Duration timeout)
      throws HeadException, InterruptedException {
    DrainRequest request =
        DrainRequest.newBuilder()
            .setVolume(HeadMessages.encode(volume))
            .setWaitMillis(wait.toMillis())
            .build();
    return call(SnapshotMethods.DRAIN, request, timeout).getComplete();
  }

  @Override
  public long awaitDrain(
      VolumeId volume, SessionId session, long drained, Duration wait, Duration timeout)
      throws HeadException, InterruptedException {
    AwaitDrainRequest request =
        AwaitDrainRequest.newBuilder()
            .setVolume(HeadMessages.encode(volume))
            .setSession(HeadMessages.encode(session))
            .setDrained(drained)
            .setWaitMillis(wait.toMillis())
            .build();
    return call(SnapshotMethods.AWAIT_DRAIN, request, timeout).getWanted();
  }

  private <Q extends MessageLite, R extends MessageLite> R call(
      Method<Q, R> method, Q request, Duration timeout) throws HeadException, InterruptedException {
    return voters.call(method, Envelope.of(request), timeout).message();
  }
}
