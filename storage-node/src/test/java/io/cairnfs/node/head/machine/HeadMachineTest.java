package io.cairnfs.node.head.machine;

import static io.cairnfs.node.head.HeadFixture.session;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cairnfs.node.head.HeadFixture;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.CommitOutcome;
import io.cairnfs.protocol.head.CommitOutcome.Committed;
import io.cairnfs.protocol.head.CommitOutcome.Conflict;
import io.cairnfs.protocol.head.CommitOutcome.TooOld;
import io.cairnfs.protocol.head.CommitResult;
import io.cairnfs.protocol.head.FoldToken;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.Quota;
import io.cairnfs.protocol.head.Renewal;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.message.AcquireFoldTokenRequest;
import io.cairnfs.protocol.head.message.CloseRequest;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.QuotaAmount;
import io.cairnfs.protocol.head.message.RenewRequest;
import io.cairnfs.protocol.head.message.SessionSnapshot;
import io.cairnfs.protocol.head.message.SetQuotaRequest;
import io.cairnfs.protocol.head.message.Takeover;
import io.cairnfs.protocol.head.message.VolumeSnapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules of the state machine, with time as an argument. */
final class HeadMachineTest {

  private static final long TERM = HeadLimits.LEASE.plus(HeadLimits.LEASE_MARGIN).toMillis();
  private static final HeadResult DONE = new HeadResult.Done();
  private static final HeadResult RENEWED = renewed(Quota.NONE);

  private final HeadFixture fixture = new HeadFixture();
  private HeadMachine machine = new HeadMachine();

  @BeforeEach
  void found() {
    assertEquals(DONE, apply(0, Command.newBuilder().setFound(fixture.found())));
  }

  @Test
  void aRunningLeaseKeepsOthersOut() {
    assertInstanceOf(HeadResult.Opened.class, open(100, session(1)));
    assertRefused(Reason.HELD, open(100 + TERM, session(2)));
    assertEquals(RENEWED, renew(100 + TERM, session(1)));
    assertRefused(Reason.HELD, open(100 + 2 * TERM, session(2)));
  }

  @Test
  void aLapsedLeaseEndsWhenAnotherWantsInAndForEver() {
    open(100, session(1));
    assertInstanceOf(HeadResult.Opened.class, open(101 + TERM, session(2)));
    assertRefused(Reason.FENCED, renew(102 + TERM, session(1)));
    assertRefused(Reason.FENCED, commit(102 + TERM, session(1), 1, 0, HeadFixture.commit("a")));
    assertRefused(Reason.FENCED, open(10 * TERM, session(1)));
    assertEquals(0, state().sequence());
  }

  @Test
  void aLapsedLeaseThatNobodyWantsCanBeRenewed() {
    open(0, session(1));
    assertEquals(RENEWED, renew(10 * TERM, session(1)));
    assertRefused(Reason.HELD, open(10 * TERM, session(2)));
  }

  @Test
  void aHolderIsNamedWhileItsLeaseRuns() throws Exception {
    open(0, session(1));
    assertEquals("holder of 1", machine.info(fixture.volume, TERM).holder());
    assertEquals("", machine.info(fixture.volume, TERM + 1).holder());
  }

  @Test
  void commitsRenewTheLease() {
    open(0, session(1));
    commit(TERM, session(1), 1, 0, HeadFixture.commit("a"));
    assertRefused(Reason.HELD, open(2 * TERM, session(2)));
  }

  @Test
  void timeNeverGoesBack() {
    open(1000, session(1));
    renew(5, session(1));
    assertEquals(1000, machine.nowMillis());
    assertRefused(Reason.HELD, open(1000 + TERM, session(2)));
  }

  @Test
  void aNewLeaderExpiresNothingForOneTerm() {
    open(0, session(1));
    long restart = 5 * TERM;
    apply(restart, Command.newBuilder().setTakeover(Takeover.getDefaultInstance()));
    assertRefused(Reason.HELD, open(restart + TERM, session(2)));
    assertInstanceOf(HeadResult.Opened.class, open(restart + TERM + 1, session(2)));
  }

  @Test
  void aSessionThatWasClosedBeforeItsOpeningArrivedStaysClosed() {
    CloseRequest close =
        CloseRequest.newBuilder()
            .setVolume(fixture.id())
            .setSession(HeadMessages.encode(session(1)))
            .build();
    assertEquals(DONE, apply(0, Command.newBuilder().setClose(close)));
    assertRefused(Reason.FENCED, open(1, session(1)));
  }

  @Test
  void unfoldedDeltasAreBoundedAndTheRefusalUsesNoNumber() {
    open(0, session(1));
    byte[] body = new byte[HeadLimits.MAX_BODY_BYTES];
    Commit large = new Commit(0, List.of(), List.of(), Usage.NONE, body);
    long request = 1;
    HeadResult result = commit(0, session(1), request, 0, large);
    while (result instanceof HeadResult.Outcomes) {
      request++;
      result = commit(0, session(1), request, request - 1, large);
    }
    assertRefused(Reason.FOLD_FIRST, result);
    assertTrue(state().unfoldedBytes() <= HeadLimits.HARD_UNFOLDED_BYTES);
    assertTrue(
        state().unfoldedBytes() > HeadLimits.HARD_UNFOLDED_BYTES - 2L * HeadLimits.MAX_BODY_BYTES);
    // What was committed keeps its result, and the refused number is free.
    assertEquals(
        outcomes(new Committed(request - 1)),
        commit(0, session(1), request - 1, request - 2, large));
    assertRefused(Reason.FOLD_FIRST, commit(0, session(1), request, 0, large));
    fold(session(1), 0, 1, request - 1);
    assertEquals(outcomes(new Committed(request)), commit(0, session(1), request, 0, large));
  }

  private static Commit using(long bytes, long inodes) {
    return new Commit(0, List.of(), List.of(), new Usage(bytes, inodes), new byte[1]);
  }

  private void setQuota(Quota quota) {
    assertEquals(DONE, setQuota(fixture.quota(quota, state().quotaVersion() + 1)));
  }

  private HeadResult setQuota(SetQuotaRequest request) {
    return apply(0, Command.newBuilder().setSetQuota(request));
  }

  @Test
  void aQuotaIsTheOwners() {
    SetQuotaRequest small = fixture.quota(new Quota(100, 3), 1);
    assertRefused(Reason.REFUSED, setQuota(small.toBuilder().clearSignature().build()));
    QuotaAmount larger = HeadMessages.encode(new Quota(200, 3));
    assertRefused(Reason.REFUSED, setQuota(small.toBuilder().setQuota(larger).build()));
    assertRefused(Reason.REFUSED, setQuota(small.toBuilder().setVersion(2).build()));
    SetQuotaRequest strangers =
        new HeadFixture().quota(Quota.NONE, 1).toBuilder().setVolume(fixture.id()).build();
    assertRefused(Reason.REFUSED, setQuota(strangers));
    assertEquals(Quota.NONE, state().quota());
  }

  @Test
  void noQuotaComesBack() throws Exception {
    SetQuotaRequest first = fixture.quota(new Quota(100, 3), 1);
    assertEquals(DONE, setQuota(first));
    assertEquals(DONE, setQuota(first)); // its answer was lost
    assertRefused(Reason.OVERTAKEN, setQuota(fixture.quota(new Quota(5, 5), 1)));
    assertRefused(Reason.OVERTAKEN, setQuota(fixture.quota(new Quota(5, 5), 3)));
    assertEquals(DONE, setQuota(fixture.quota(new Quota(10, 1), 2)));
    machine = HeadMachine.restore(machine.snapshot());
    assertRefused(Reason.OVERTAKEN, setQuota(first));
    assertEquals(new Quota(10, 1), state().quota());
  }

  @Test
  void whatExceedsTheQuotaIsRefusedAndChargesNothing() {
    setQuota(new Quota(100, 3));
    open(0, session(1));
    assertEquals(
        outcomes(new Committed(1), new CommitOutcome.OverQuota(), new CommitOutcome.NotAttempted()),
        commit(0, session(1), 1, 0, using(100, 1), using(1, 0), using(-1, 0)));
    assertEquals(new Usage(100, 1), state().usage());
    assertEquals(
        outcomes(new Committed(2), new CommitOutcome.OverQuota()),
        commit(0, session(1), 4, 3, using(-40, 2), using(0, 1)));
    assertEquals(
        outcomes(new Committed(3), new CommitOutcome.OverQuota()),
        commit(0, session(1), 6, 5, using(40, 0), using(1, -1)));
    assertEquals(new Usage(100, 3), state().usage());
    assertEquals(3, state().sequence());
  }

  /** What the session took in before it heard of it must not be lost. */
  @Test
  void aLowerQuotaHoldsForLaterSessions() throws Exception {
    setQuota(new Quota(100, 3));
    open(0, session(1));
    setQuota(new Quota(10, 1));
    assertEquals(renewed(new Quota(10, 1)), renew(0, session(1)));
    machine = HeadMachine.restore(machine.snapshot());
    assertEquals(outcomes(new Committed(1)), commit(0, session(1), 1, 0, using(100, 3)));
    open(TERM + 1, session(2));
    assertEquals(
        outcomes(new Committed(2), new CommitOutcome.OverQuota()),
        commit(TERM + 1, session(2), 1, 0, using(-50, 0), using(1, 0)));
    setQuota(new Quota(51, Quota.UNBOUNDED));
    assertEquals(
        outcomes(new Committed(3), new CommitOutcome.OverQuota()),
        commit(TERM + 1, session(2), 3, 2, using(1, 7), using(1, 0)));
  }

  @Test
  void unacknowledgedResultsAreBounded() {
    open(0, session(1));
    List<Commit> batch = Collections.nCopies(HeadLimits.MAX_BATCH_COMMITS, HeadFixture.commit(""));
    long first = 1;
    for (int kept = 0; kept < HeadLimits.MAX_UNACKNOWLEDGED; kept += batch.size()) {
      commit(0, session(1), first, 0, batch.toArray(new Commit[0]));
      first += batch.size();
    }
    assertRefused(Reason.REFUSED, commit(0, session(1), first, 0, HeadFixture.commit("")));
    assertInstanceOf(
        HeadResult.Outcomes.class, commit(0, session(1), first, 1, HeadFixture.commit("")));
  }

  @Test
  void theConflictWindowForgetsTheOldestWrites() {
    open(0, session(1));
    commit(0, session(1), 1, 0, transaction(0, List.of(), List.of(-1L)));
    commit(0, session(1), 2, 0, transaction(0, List.of(), List.of(-2L)));
    List<Long> most = LongStream.range(0, HeadLimits.WINDOW_TOKENS - 1).boxed().toList();
    commit(0, session(1), 3, 0, transaction(0, List.of(), most));
    // The write of -1 was forgotten to make room, so what was read before it cannot be judged.
    assertEquals(
        outcomes(new TooOld()),
        commit(0, session(1), 4, 0, transaction(0, List.of(-5L), List.of())));
    assertEquals(
        outcomes(new Conflict()),
        commit(0, session(1), 5, 0, transaction(1, List.of(-2L), List.of())));
    assertEquals(
        outcomes(new Committed(4)),
        commit(0, session(1), 6, 0, transaction(1, List.of(-5L), List.of(-5L))));
  }

  @Test
  void withoutExclusivityEachTransactionStandsAlone() throws Exception {
    open(0, session(1));
    commit(0, session(1), 1, 0, transaction(0, List.of(), List.of(7L)));
    share();
    HeadResult result =
        commit(
            0,
            session(1),
            2,
            1,
            transaction(0, List.of(7L), List.of(8L)),
            transaction(0, List.of(8L), List.of(9L)),
            transaction(1, List.of(7L), List.of(8L)),
            transaction(1, List.of(8L), List.of(8L)));
    assertEquals(
        outcomes(new Conflict(), new Committed(2), new Committed(3), new Conflict()), result);
    assertEquals(3, state().sequence());
  }

  /** Makes the sessions share the volume, as they will when there may be several. */
  private void share() throws Exception {
    List<byte[]> records = new ArrayList<>(machine.snapshot());
    VolumeSnapshot volume = VolumeSnapshot.parseFrom(records.get(1));
    SessionSnapshot shared = volume.getSession(0).toBuilder().setExclusive(false).build();
    records.set(1, volume.toBuilder().setSession(0, shared).build().toByteArray());
    machine = HeadMachine.restore(records);
  }

  @Test
  void theFoldTokenIsHeldByOneSessionWhileItLives() throws Exception {
    open(0, session(1));
    assertEquals(folding(true), acquireFoldToken(0, session(1)));
    assertEquals(folding(true), acquireFoldToken(1, session(1)));
    addSession(session(2), 3 * TERM);
    assertEquals(folding(false), acquireFoldToken(TERM, session(2)));
    assertEquals(folding(true), acquireFoldToken(TERM + 2, session(2)));
  }

  private void addSession(SessionId id, long expiresMillis) throws Exception {
    List<byte[]> records = new ArrayList<>(machine.snapshot());
    SessionSnapshot second =
        SessionSnapshot.newBuilder()
            .setSession(HeadMessages.encode(id))
            .setExpiresMillis(expiresMillis)
            .build();
    VolumeSnapshot volume = VolumeSnapshot.parseFrom(records.get(1));
    records.set(1, volume.toBuilder().addSession(second).build().toByteArray());
    machine = HeadMachine.restore(records);
  }

  @Test
  void aFoldMayEndInsideABatch() throws Exception {
    open(0, session(1));
    commit(
        0,
        session(1),
        1,
        0,
        HeadFixture.commit("a"),
        HeadFixture.commit("bb"),
        HeadFixture.commit("ccc"));
    commit(0, session(1), 4, 0, HeadFixture.commit("dddd"));
    assertEquals(DONE, fold(session(1), 0, 1, 2));
    assertEquals(7 + 2L * HeadLimits.DELTA_OVERHEAD_BYTES, state().unfoldedBytes());
    var runs = machine.deltas(fixture.volume, 2, 1 << 20, 10);
    assertEquals(List.of(3, 4), runs.stream().map(run -> run.getBodyLength(0)).toList());
    assertEquals(3, runs.getFirst().getOffset());
    assertEquals(1, machine.deltas(fixture.volume, 3, 1 << 20, 10).size());
    assertEquals(3L, machine.oldestBodies().get(fixture.volume));
    assertThrows(HeadException.class, () -> machine.deltas(fixture.volume, 1, 1 << 20, 10));
  }

  @Test
  void anUnknownCommandStopsTheMachineRatherThanBeingSkipped() {
    assertThrows(IllegalStateException.class, () -> apply(0, Command.newBuilder()));
  }

  @Test
  void aMissingCommandIsNoticed() {
    Command renewal = Command.newBuilder().setRenew(RenewRequest.getDefaultInstance()).build();
    assertThrows(
        IllegalStateException.class,
        () -> machine.apply(machine.index() + 2, renewal, new byte[0]));
  }

  private HeadResult open(long now, SessionId session) {
    return apply(
        now, Command.newBuilder().setOpen(fixture.open(session).toBuilder().setAlone(true)));
  }

  private HeadResult renew(long now, SessionId session) {
    RenewRequest request =
        RenewRequest.newBuilder()
            .setVolume(fixture.id())
            .setSession(HeadMessages.encode(session))
            .build();
    return apply(now, Command.newBuilder().setRenew(request));
  }

  private static HeadResult folding(boolean held) {
    return new HeadResult.TokenAnswer(new FoldToken(held, FoldToken.UNBOUNDED));
  }

  private HeadResult acquireFoldToken(long now, SessionId session) {
    AcquireFoldTokenRequest request =
        AcquireFoldTokenRequest.newBuilder()
            .setVolume(fixture.id())
            .setSession(HeadMessages.encode(session))
            .build();
    return apply(now, Command.newBuilder().setAcquireFoldToken(request));
  }

  private HeadResult fold(SessionId session, int from, int to, long through) {
    return apply(
        0, Command.newBuilder().setFold(fixture.fold(session, root(from), root(to), through)));
  }

  private static ByteString root(int n) {
    return n == 0
        ? ByteString.EMPTY
        : HeadMessages.encodeRoot(Cid.of(Codec.DAG_CBOR, new byte[] {(byte) n}));
  }

  private HeadResult commit(
      long now, SessionId session, long first, long acknowledged, Commit... batch) {
    List<Commit> commits = List.of(batch);
    Command.Builder command =
        Command.newBuilder().setCommit(fixture.commit(session, first, acknowledged, commits));
    HeadResult result =
        machine.apply(
            machine.index() + 1,
            command.setNowMillis(now).build(),
            HeadMessages.joinBodies(commits));
    return result instanceof HeadResult.Outcomes(CommitResult(var outcomes, var _))
        ? outcomes(outcomes.toArray(new CommitOutcome[0]))
        : result;
  }

  private HeadResult apply(long now, Command.Builder command) {
    return machine.apply(machine.index() + 1, command.setNowMillis(now).build(), new byte[0]);
  }

  private HeadState state() {
    return machine.list(machine.nowMillis()).getFirst().state();
  }

  /** While nothing is committed. */
  private static HeadResult renewed(Quota quota) {
    return new HeadResult.Renewed(new Renewal(quota, 0, true, 1));
  }

  private static Commit transaction(long readVersion, List<Long> reads, List<Long> writes) {
    return new Commit(readVersion, reads, writes, Usage.NONE, new byte[] {1});
  }

  private static HeadResult outcomes(CommitOutcome... outcomes) {
    return new HeadResult.Outcomes(new CommitResult(List.of(outcomes), 0));
  }

  private static void assertRefused(Reason reason, HeadResult result) {
    assertEquals(reason, assertInstanceOf(HeadResult.Refused.class, result).reason());
  }
}
