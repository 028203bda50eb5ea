package io.cairnfs.protocol.head;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.message.CreateSnapshotRequest;
import io.cairnfs.protocol.head.message.KeepRule;
import io.cairnfs.protocol.head.message.ListSnapshotsReply;
import io.cairnfs.protocol.head.message.OriginRecord;
import io.cairnfs.protocol.head.message.ScheduleRecord;
import io.cairnfs.protocol.head.message.SnapshotRecord;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * Turns the values of the {@link Snapshots} port into messages and back. Every {@code decode}
 * throws {@link IllegalArgumentException} for a message that no {@code encode} makes.
 */
public final class SnapshotMessages {

  private SnapshotMessages() {}

  public static CreateSnapshotRequest encode(VolumeId volume, NewSnapshot wanted) {
    CreateSnapshotRequest.Builder request =
        CreateSnapshotRequest.newBuilder()
            .setVolume(HeadMessages.encode(volume))
            .setName(wanted.name())
            .setRequest(encode(wanted.request()))
            .setAutomatic(wanted.automatic());
    Instant created = wanted.created();
    if (created != null) {
      request.setCreatedSeconds(created.getEpochSecond()).setCreatedNanos(created.getNano());
    }
    return request.build();
  }

  public static NewSnapshot decode(CreateSnapshotRequest request) {
    boolean now = request.getCreatedSeconds() == 0 && request.getCreatedNanos() == 0;
    return new NewSnapshot(
        request.getName(),
        decodeRequest(request.getRequest()),
        request.getAutomatic(),
        now ? null : instant(request.getCreatedSeconds(), request.getCreatedNanos()));
  }

  /** A request's name has the form of a session's. */
  public static ByteString encode(UUID request) {
    return HeadMessages.encode(new SessionId(request));
  }

  public static UUID decodeRequest(ByteString bytes) {
    return HeadMessages.decodeSession(bytes).value();
  }

  private static Instant instant(long seconds, int nanos) {
    try {
      return Instant.ofEpochSecond(seconds, nanos);
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException("no snapshot was made at such a time", e);
    }
  }

  public static SnapshotRecord encode(Snapshot snapshot) {
    Instant created = snapshot.created();
    return SnapshotRecord.newBuilder()
        .setSerial(snapshot.serial())
        .setName(snapshot.name())
        .setCreatedSeconds(created.getEpochSecond())
        .setCreatedNanos(created.getNano())
        .setSequence(snapshot.sequence())
        .setRoot(HeadMessages.encodeRoot(snapshot.root()))
        .setUsage(HeadMessages.encode(snapshot.usage()))
        .setNextInode(snapshot.nextInode())
        .setAutomatic(snapshot.automatic())
        .build();
  }

  public static Snapshot decode(SnapshotRecord record) {
    SnapshotName.require(record.getName());
    return new Snapshot(
        record.getSerial(),
        record.getName(),
        instant(record.getCreatedSeconds(), record.getCreatedNanos()),
        record.getSequence(),
        HeadMessages.decodeRoot(record.getRoot()),
        HeadMessages.decode(record.getUsage()),
        record.getNextInode(),
        record.getAutomatic());
  }

  public static ScheduleRecord encode(SnapshotSchedule schedule) {
    ScheduleRecord.Builder record =
        ScheduleRecord.newBuilder().setEverySeconds(schedule.every().toSeconds());
    for (SnapshotSchedule.Keep rule : schedule.keep()) {
      record.addKeep(
          KeepRule.newBuilder()
              .setPeriodSeconds(rule.period().toSeconds())
              .setEachSeconds(rule.each().toSeconds()));
    }
    return record.build();
  }

  public static SnapshotSchedule decode(ScheduleRecord record) {
    return new SnapshotSchedule(
        seconds(record.getEverySeconds()),
        record.getKeepList().stream()
            .map(
                rule ->
                    new SnapshotSchedule.Keep(
                        seconds(rule.getPeriodSeconds()), seconds(rule.getEachSeconds())))
            .toList());
  }

  private static Duration seconds(long seconds) {
    if (seconds < 0) {
      throw new IllegalArgumentException("a time is too long");
    }
    return Duration.ofSeconds(seconds);
  }

  public static ListSnapshotsReply encode(SnapshotList list) {
    ListSnapshotsReply.Builder reply =
        ListSnapshotsReply.newBuilder().setSchedule(encode(list.schedule()));
    list.snapshots().forEach(snapshot -> reply.addSnapshot(encode(snapshot)));
    return reply.build();
  }

  public static SnapshotList decode(ListSnapshotsReply reply) {
    return new SnapshotList(
        reply.getSnapshotList().stream().map(SnapshotMessages::decode).toList(),
        decode(reply.getSchedule()));
  }

  public static OriginRecord encode(TreeOrigin origin) {
    return OriginRecord.newBuilder()
        .setRoot(HeadMessages.encodeRoot(origin.root()))
        .setUsage(HeadMessages.encode(origin.usage()))
        .setNextInode(origin.nextInode())
        .build();
  }

  public static TreeOrigin decode(OriginRecord origin) {
    Cid root = HeadMessages.decodeRoot(origin.getRoot());
    if (root == null) {
      throw new IllegalArgumentException("a tree has a root");
    }
    return new TreeOrigin(root, HeadMessages.decode(origin.getUsage()), origin.getNextInode());
  }
}
