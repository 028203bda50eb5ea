package io.cairnfs.protocol.head;

import io.cairnfs.protocol.head.message.AwaitDrainReply;
import io.cairnfs.protocol.head.message.AwaitDrainRequest;
import io.cairnfs.protocol.head.message.CreateSnapshotReply;
import io.cairnfs.protocol.head.message.CreateSnapshotRequest;
import io.cairnfs.protocol.head.message.DeleteSnapshotRequest;
import io.cairnfs.protocol.head.message.DoneReply;
import io.cairnfs.protocol.head.message.DrainReply;
import io.cairnfs.protocol.head.message.DrainRequest;
import io.cairnfs.protocol.head.message.FoundOnRequest;
import io.cairnfs.protocol.head.message.ListSnapshotsReply;
import io.cairnfs.protocol.head.message.ListSnapshotsRequest;
import io.cairnfs.protocol.head.message.OpenReply;
import io.cairnfs.protocol.head.message.RestoreRequest;
import io.cairnfs.protocol.head.message.SeizeRequest;
import io.cairnfs.protocol.head.message.SetScheduleRequest;
import io.cairnfs.protocol.transport.Method;

/**
 * The methods of the heads about snapshots: numbers 330 to 339. One for each of {@link Snapshots}.
 */
public final class SnapshotMethods {

  public static final Method<CreateSnapshotRequest, CreateSnapshotReply> CREATE =
      new Method<>(
          330,
          "head.snapshot.create",
          CreateSnapshotRequest.parser(),
          CreateSnapshotReply.parser());

  public static final Method<ListSnapshotsRequest, ListSnapshotsReply> LIST =
      new Method<>(
          331, "head.snapshot.list", ListSnapshotsRequest.parser(), ListSnapshotsReply.parser());

  public static final Method<DeleteSnapshotRequest, DoneReply> DELETE =
      new Method<>(332, "head.snapshot.delete", DeleteSnapshotRequest.parser(), DoneReply.parser());

  public static final Method<SetScheduleRequest, DoneReply> SET_SCHEDULE =
      new Method<>(333, "head.snapshot.schedule", SetScheduleRequest.parser(), DoneReply.parser());

  public static final Method<FoundOnRequest, DoneReply> FOUND_ON =
      new Method<>(334, "head.foundon", FoundOnRequest.parser(), DoneReply.parser());

  public static final Method<SeizeRequest, OpenReply> SEIZE =
      new Method<>(335, "head.seize", SeizeRequest.parser(), OpenReply.parser());

  public static final Method<RestoreRequest, DoneReply> RESTORE =
      new Method<>(336, "head.restore", RestoreRequest.parser(), DoneReply.parser());

  public static final Method<DrainRequest, DrainReply> DRAIN =
      new Method<>(337, "head.drain", DrainRequest.parser(), DrainReply.parser());

  public static final Method<AwaitDrainRequest, AwaitDrainReply> AWAIT_DRAIN =
      new Method<>(338, "head.awaitdrain", AwaitDrainRequest.parser(), AwaitDrainReply.parser());

  private SnapshotMethods() {}
}
