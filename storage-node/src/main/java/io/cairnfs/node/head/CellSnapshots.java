package io.cairnfs.node.head;

import io.cairnfs.node.head.machine.HeadResult;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.NewSnapshot;
import io.cairnfs.protocol.head.SessionGrant;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.SnapshotList;
import io.cairnfs.protocol.head.SnapshotMessages;
import io.cairnfs.protocol.head.SnapshotSchedule;
import io.cairnfs.protocol.head.Snapshots;
import io.cairnfs.protocol.head.TreeOrigin;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.DeleteSnapshotRequest;
import io.cairnfs.protocol.head.message.FoundOnRequest;
import io.cairnfs.protocol.head.message.RestoreRequest;
import io.cairnfs.protocol.head.message.SeizeRequest;
import io.cairnfs.protocol.head.message.SetScheduleRequest;
import io.cairnfs.protocol.identity.NodeId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * The snapshots of the volumes hosted here: turns the port's calls into commands of the heads' log.
 * What a snapshot's time is, is said here, where the command begins. Thread-safe.
 */
public final class CellSnapshots implements Snapshots {

  private static final byte[] NO_BODIES = new byte[0];

  private final HeadEngine engine;
  private final FoundingPlace place;
  private final InstantSource clock;
  private final Drains drains;

  /**
   * @param engine that of the cell's heads
   * @param self this node, the only voter
   * @param clock says when a snapshot is made
   */
  public CellSnapshots(HeadEngine engine, NodeId self, InstantSource clock) {
    this(engine, FoundingPlace.of(self), clock);
  }

  /**
   * @param engine that of the cell's heads
   * @param place where the heads are
   * @param clock says when a snapshot is made
   */
  public CellSnapshots(HeadEngine engine, FoundingPlace place, InstantSource clock) {
    this.engine = engine;
    this.place = place;
    this.clock = clock;
    this.drains = new Drains(clock);
  }

  @Override
  public Snapshot create(VolumeId volume, NewSnapshot wanted, Duration timeout)
      throws HeadException, InterruptedException {
    NewSnapshot timed =
        wanted.created() != null
            ? wanted
            : new NewSnapshot(wanted.name(), wanted.request(), wanted.automatic(), clock.instant());
    HeadResult result =
        execute(
            volume,
            Command.newBuilder().setCreateSnapshot(SnapshotMessages.encode(volume, timed)),
            timeout);
    return ((HeadResult.SnapshotMade) result).snapshot();
  }

  @Override
  public SnapshotList list(VolumeId volume, Duration timeout)
      throws HeadException, InterruptedException {
    return engine.read(machine -> machine.snapshots(volume), timeout);
  }

  @Override
  public void delete(VolumeId volume, long serial, Duration timeout)
      throws HeadException, InterruptedException {
    DeleteSnapshotRequest request =
        DeleteSnapshotRequest.newBuilder()
            .setVolume(HeadMessages.encode(volume))
            .setSerial(serial)
            .build();
    execute(volume, Command.newBuilder().setDeleteSnapshot(request), timeout);
  }

  @Override
  public void setSchedule(VolumeId volume, SnapshotSchedule schedule, Duration timeout)
      throws HeadException, InterruptedException {
    SetScheduleRequest request =
        SetScheduleRequest.newBuilder()
            .setVolume(HeadMessages.encode(volume))
            .setSchedule(SnapshotMessages.encode(schedule))
            .build();
    execute(volume, Command.newBuilder().setSetSchedule(request), timeout);
  }

  @Override
  public void foundOn(Founding founding, TreeOrigin origin, Duration timeout)
      throws HeadException, InterruptedException {
    place.require(founding);
    FoundOnRequest request =
        FoundOnRequest.newBuilder()
            .setFounding(HeadMessages.encode(founding))
            .setOrigin(SnapshotMessages.encode(origin))
            .build();
    execute(Command.newBuilder().setFoundOn(request), timeout);
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
    HeadResult result = execute(volume, Command.newBuilder().setSeize(request), timeout);
    return ((HeadResult.Opened) result).grant();
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
    execute(volume, Command.newBuilder().setRestore(request), timeout);
  }

  @Override
  public boolean drain(VolumeId volume, Duration wait, Duration timeout)
      throws HeadException, InterruptedException {
    List<SessionId> sessions =
        engine.read(machine -> machine.running(volume, engine.nowMillis()), timeout);
    return drains.drain(volume, sessions, shorter(wait, timeout));
  }

  @Override
  public long awaitDrain(
      VolumeId volume, SessionId session, long drained, Duration wait, Duration timeout)
      throws HeadException, InterruptedException {
    engine.requireLead();
    boolean runs =
        engine.peek(machine -> machine.running(volume, engine.nowMillis())).contains(session);
    if (!runs) {
      Thread.sleep(shorter(wait, timeout)); // nobody waits for it, nor keeps what it says
      return drained;
    }
    return drains.await(volume, session, drained, shorter(wait, timeout));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Executes a command on a volume, unless there is none. */
  private HeadResult execute(VolumeId volume, Command.Builder command, Duration timeout)
      throws HeadException, InterruptedException {
    list(volume, timeout);
    return execute(command, timeout);
  }

  private HeadResult execute(Command.Builder command, Duration timeout)
      throws HeadException, InterruptedException {
    HeadResult result = engine.execute(command, NO_BODIES, timeout);
    if (result instanceof HeadResult.Refused(Reason reason, String message)) {
      throw new HeadException(reason, message);
    }
    return result;
  }
}
