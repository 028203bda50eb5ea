package io.cairnfs.node.head;

import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.SnapshotMessages;
import io.cairnfs.protocol.head.SnapshotMethods;
import io.cairnfs.protocol.head.Snapshots;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.message.AwaitDrainReply;
import io.cairnfs.protocol.head.message.CreateSnapshotReply;
import io.cairnfs.protocol.head.message.DoneReply;
import io.cairnfs.protocol.head.message.DrainReply;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Transport;
import java.time.Duration;

/** Answers the methods about snapshots by a {@link Snapshots}: translates, and decides nothing. */
public final class SnapshotService {

  private static final Envelope<DoneReply> DONE = Envelope.of(DoneReply.getDefaultInstance());

  private SnapshotService() {}

  /** Registers the methods on a transport, before it listens. */
  public static void register(Transport transport, Snapshots snapshots) {
    HeadService.handle(
        transport,
        SnapshotMethods.CREATE,
        (request, bodies, timeout) -> {
          VolumeId volume = HeadMessages.decodeVolume(request.getVolume());
          Snapshot made = snapshots.create(volume, SnapshotMessages.decode(request), timeout);
          return Envelope.of(
              CreateSnapshotReply.newBuilder().setSnapshot(SnapshotMessages.encode(made)).build());
        });
    HeadService.handle(
        transport,
        SnapshotMethods.LIST,
        (request, bodies, timeout) ->
            Envelope.of(
                SnapshotMessages.encode(
                    snapshots.list(HeadMessages.decodeVolume(request.getVolume()), timeout))));
    HeadService.handle(
        transport,
        SnapshotMethods.DELETE,
        (request, bodies, timeout) -> {
          VolumeId volume = HeadMessages.decodeVolume(request.getVolume());
          snapshots.delete(volume, request.getSerial(), timeout);
          return DONE;
        });
    HeadService.handle(
        transport,
        SnapshotMethods.SET_SCHEDULE,
        (request, bodies, timeout) -> {
          VolumeId volume = HeadMessages.decodeVolume(request.getVolume());
          snapshots.setSchedule(volume, SnapshotMessages.decode(request.getSchedule()), timeout);
          return DONE;
        });
    HeadService.handle(
        transport,
        SnapshotMethods.FOUND_ON,
        (request, bodies, timeout) -> {
          snapshots.foundOn(
              HeadMessages.decode(request.getFounding()),
              SnapshotMessages.decode(request.getOrigin()),
              timeout);
          return DONE;
        });
    HeadService.handle(
        transport,
        SnapshotMethods.DRAIN,
        (request, bodies, timeout) -> {
          VolumeId volume = HeadMessages.decodeVolume(request.getVolume());
          boolean complete = snapshots.drain(volume, patience(request.getWaitMillis()), timeout);
          return Envelope.of(DrainReply.newBuilder().setComplete(complete).build());
        });
    HeadService.handle(
        transport,
        SnapshotMethods.AWAIT_DRAIN,
        (request, bodies, timeout) -> {
          long wanted =
              snapshots.awaitDrain(
                  HeadMessages.decodeVolume(request.getVolume()),
                  HeadMessages.decodeSession(request.getSession()),
                  request.getDrained(),
                  patience(request.getWaitMillis()),
                  timeout);
          return Envelope.of(AwaitDrainReply.newBuilder().setWanted(wanted).build());
        });
    HeadService.handle(
        transport,
        SnapshotMethods.SEIZE,
        (request, bodies, timeout) ->
            Envelope.of(
                HeadService.encode(
                    snapshots.seize(
                        HeadMessages.decodeVolume(request.getVolume()),
                        HeadMessages.decodeSession(request.getSession()),
                        request.getHolder(),
                        timeout))));
    HeadService.handle(
        transport,
        SnapshotMethods.RESTORE,
        (request, bodies, timeout) -> {
          snapshots.restore(
              HeadMessages.decodeVolume(request.getVolume()),
              HeadMessages.decodeSession(request.getSession()),
              request.getExpectedSequence(),
              SnapshotMessages.decode(request.getOrigin()),
              timeout);
          return DONE;
        });
  }

  /** What a client wants to wait, as far as it may. */
  private static Duration patience(long millis) {
    long most = HeadLimits.MAX_DRAIN_WAIT.toMillis();
    return Duration.ofMillis(millis < 0 ? most : Math.min(millis, most));
  }
}
