package io.cairnfs.protocol.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.message.CommitHeader;
import io.cairnfs.protocol.head.message.OutcomeRun;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class HeadMessagesTest {

  private static final List<CommitOutcome> OUTCOMES =
      List.of(
          new CommitOutcome.Committed(4),
          new CommitOutcome.Committed(5),
          new CommitOutcome.Conflict(),
          new CommitOutcome.Committed(6),
          new CommitOutcome.Committed(9),
          new CommitOutcome.TooOld(),
          new CommitOutcome.NotAttempted(),
          new CommitOutcome.NotAttempted(),
          new CommitOutcome.OverQuota());

  @Test
  void outcomesAreSentAsRuns() {
    List<OutcomeRun> runs = HeadMessages.encode(OUTCOMES);
    assertEquals(7, runs.size());
    assertEquals(OUTCOMES, HeadMessages.decodeOutcomes(runs, OUTCOMES.size()));
  }

  @Test
  void aRunLongerThanAskedForIsRefused() {
    List<OutcomeRun> runs =
        List.of(
            OutcomeRun.newBuilder()
                .setKind(OutcomeRun.Kind.CONFLICT)
                .setCount(Integer.MAX_VALUE)
                .build());
    assertThrows(IllegalArgumentException.class, () -> HeadMessages.decodeOutcomes(runs, 8192));
  }

  @Test
  void bodiesAreCutWhereTheirCommitsSay() {
    Commit first = new Commit(7, List.of(1L), List.of(-2L), new Usage(-3, 1), new byte[] {1, 2});
    Commit second = new Commit(7, List.of(), List.of(), Usage.NONE, new byte[] {3});
    List<Commit> batch = List.of(first, second);
    List<CommitHeader> headers = batch.stream().map(HeadMessages::encode).toList();
    List<Commit> read = HeadMessages.decode(headers, HeadMessages.joinBodies(batch));
    assertEquals(List.of(-2L), read.get(0).tokensWritten());
    assertEquals(new Usage(-3, 1), read.get(0).usage());
    assertArrayEquals(second.body(), read.get(1).body());
  }

  @Test
  void bodiesOfAnotherLengthAreRefused() {
    List<CommitHeader> headers = List.of(CommitHeader.newBuilder().setBodyLength(2).build());
    assertThrows(IllegalArgumentException.class, () -> HeadMessages.decode(headers, new byte[1]));
    assertThrows(IllegalArgumentException.class, () -> HeadMessages.decode(headers, new byte[3]));
  }

  @Test
  void statesSurviveTheirMessage() {
    VolumeId volume = VolumeId.of(new byte[32]);
    ChainHash start = ChainHash.start(volume);
    HeadState state =
        new HeadState(
            Cid.of(Codec.DAG_CBOR, new byte[] {1}),
            3,
            start,
            5,
            start.next(1, new SessionId(new UUID(1, 2)), new byte[0]),
            77,
            new Usage(-1, 9),
            new Quota(1 << 20, Quota.UNBOUNDED),
            4,
            12);
    assertEquals(state, HeadMessages.decode(HeadMessages.encode(state)));
  }

  @Test
  void aSessionIdHasSixteenBytes() {
    SessionId session = SessionId.random();
    assertEquals(session, HeadMessages.decodeSession(HeadMessages.encode(session)));
    assertThrows(
        IllegalArgumentException.class,
        () -> HeadMessages.decodeSession(ByteString.copyFrom(new byte[15])));
  }
}
