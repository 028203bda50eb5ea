package io.cairnfs.node.head;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
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
  public static void register(Transport transport, HostedHeads heads) {
    HeadService.handle(
        transport,
        SnapshotMethods.CREATE,
        (request, bodies, timeout) -> {
          VolumeId volume = HeadMessages.decodeVolume(request.getVolume());
          Snapshot made =
              of(heads, request.getVolume())
                  .create(volume, SnapshotMessages.decode(request), timeout);
          return Envelope.of(
              CreateSnapshotReply.newBuilder().setSnapshot(SnapshotMessages.encode(made)).build());
        });
    HeadService.handle(
        transport,
        SnapshotMethods.LIST,
        (request, bodies, timeout) ->
            Envelope.of(
                SnapshotMessages.encode(
                    of(heads, request.getVolume())
                        .list(HeadMessages.decodeVolume(request.getVolume()), timeout))));
    HeadService.handle(
        transport,
        SnapshotMethods.DELETE,
        (request, bodies, timeout) -> {
          VolumeId volume = HeadMessages.decodeVolume(request.getVolume());
          of(heads, request.getVolume()).delete(volume, request.getSerial(), timeout);
          return DONE;
        });
    HeadService.handle(
        transport,
        SnapshotMethods.SET_SCHEDULE,
        (request, bodies, timeout) -> {
          VolumeId volume = HeadMessages.decodeVolume(request.getVolume());
          of(heads, request.getVolume())
              .setSchedule(volume, SnapshotMessages.decode(request.getSchedule()), timeout);
          return DONE;
        });
    HeadService.handle(
        transport,
        SnapshotMethods.FOUND_ON,
        (request, bodies, timeout) -> {
          Founding founding = HeadMessages.decode(request.getFounding());
          heads
              .placeOf(founding)
              .snapshots()
              .foundOn(founding, SnapshotMessages.decode(request.getOrigin()), timeout);
          return DONE;
        });
    HeadService.handle(
        transport,
        SnapshotMethods.DRAIN,
        (request, bodies, timeout) -> {
          VolumeId volume = HeadMessages.decodeVolume(request.getVolume());
          boolean complete =
              of(heads, request.getVolume())
                  .drain(volume, patience(request.getWaitMillis()), timeout);
          return Envelope.of(DrainReply.newBuilder().setComplete(complete).build());
        });
    HeadService.handle(
        transport,
        SnapshotMethods.AWAIT_DRAIN,
        (request, bodies, timeout) -> {
          long wanted =
              of(heads, request.getVolume())
                  .awaitDrain(
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
                    of(heads, request.getVolume())
                        .seize(
                            HeadMessages.decodeVolume(request.getVolume()),
                            HeadMessages.decodeSession(request.getSession()),
                            request.getHolder(),
                            timeout))));
    HeadService.handle(
        transport,
        SnapshotMethods.RESTORE,
        (request, bodies, timeout) -> {
          of(heads, request.getVolume())
              .restore(
                  HeadMessages.decodeVolume(request.getVolume()),
                  HeadMessages.decodeSession(request.getSession()),
                  request.getExpectedSequence(),
                  SnapshotMessages.decode(request.getOrigin()),
                  timeout);
          return DONE;
        });
  }

  private static Snapshots of(HostedHeads heads, ByteString volume) throws HeadException {
    return heads.of(HeadMessages.decodeVolume(volume)).snapshots();
  }

  /** What a client wants to wait, as far as it may. */
  private static Duration patience(long millis) {
    long most = HeadLimits.MAX_DRAIN_WAIT.toMillis();
    return Duration.ofMillis(millis < 0 ? most : Math.min(millis, most));
  }
}
