package io.cairnfs.node.head.machine;

import static io.cairnfs.node.head.HeadFixture.session;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.cairnfs.node.head.HeadFixture;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.SweepMethods;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.FoldRequest;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sweeps are numbered, one at a time, and what rests on old claims is not committed. */
final class SweepStateTest {

  private static final long TERM = HeadLimits.LEASE.plus(HeadLimits.LEASE_MARGIN).toMillis();
  private static final HeadResult DONE = new HeadResult.Done();

  private final HeadFixture fixture = new HeadFixture();
  private HeadMachine machine = new HeadMachine();

  @BeforeEach
  void found() {
    assertEquals(DONE, apply(0, Command.newBuilder().setFound(fixture.found())));
    apply(0, Command.newBuilder().setOpen(fixture.open(session(1))));
  }

  @Test
  void sweepsAreNumbered() throws Exception {
    assertEquals(1, sweep());
    assertEquals(2, opened(session(1)));
    assertEquals(2, opened(session(1)), "a repeated request");
    assertEquals(2, sweep());
    assertEquals(DONE, close(session(1), 2));
    assertEquals(DONE, close(session(1), 2));
    assertEquals(3, opened(session(1)));
    assertRefused(Reason.OVERTAKEN, close(session(1), 2));
  }

  @Test
  void theSweepOfADeadSessionIsFollowedByAnother() {
    assertEquals(2, opened(session(1)));
    apply(2 * TERM, Command.newBuilder().setOpen(fixture.open(session(2))));
    assertRefused(Reason.FENCED, close(session(1), 2));
    assertEquals(3, opened(session(2)));
  }

  @Test
  void commitsRestOnClaimsOfTheLastTwoSweeps() throws Exception {
    assertInstanceOf(HeadResult.Outcomes.class, commit(1, 1));
    opened(session(1));
    assertInstanceOf(HeadResult.Outcomes.class, commit(2, 1));
    assertRefused(Reason.OVERTAKEN, close(session(1), 1));
    close(session(1), 2);
    opened(session(1));
    assertRefused(Reason.STALE_CLAIMS, commit(3, 1));
    assertEquals(2, state().sequence(), "no number was used");
    assertInstanceOf(HeadResult.Outcomes.class, commit(3, 2));
    assertInstanceOf(HeadResult.Outcomes.class, commit(4, Commit.NO_CLAIM));
  }

  @Test
  void aRepeatedCommitHasItsResultWhateverItRestsOn() {
    HeadResult first = commit(1, 1);
    opened(session(1));
    close(session(1), 2);
    opened(session(1));
    assertEquals(first, commit(1, 1));
  }

  @Test
  void soDoFolds() {
    commit(1, 1);
    opened(session(1));
    close(session(1), 2);
    opened(session(1));
    assertRefused(Reason.STALE_CLAIMS, fold(1));
    assertEquals(DONE, fold(2));
  }

  @Test
  void snapshotsOfTheStateKeepTheSweep() throws Exception {
    opened(session(1));
    machine = HeadMachine.restore(machine.snapshot());
    assertEquals(2, sweep());
    assertEquals(2, opened(session(1)), "it is still open");
  }

  private long sweep() throws Exception {
    return state().sweep();
  }

  private HeadState state() throws Exception {
    return machine.info(fixture.volume, 0).state();
  }

  private HeadResult apply(long nowMillis, Command.Builder command) {
    return apply(nowMillis, command, new byte[0]);
  }

  private HeadResult apply(long nowMillis, Command.Builder command, byte[] bodies) {
    return machine.apply(machine.index() + 1, command.setNowMillis(nowMillis).build(), bodies);
  }

  private long opened(SessionId session) {
    HeadResult result =
        apply(0, Command.newBuilder().setOpenSweep(SweepMethods.open(fixture.volume, session)));
    return assertInstanceOf(HeadResult.SweepOpened.class, result).epoch();
  }

  private HeadResult close(SessionId session, long epoch) {
    return apply(
        0, Command.newBuilder().setCloseSweep(SweepMethods.close(fixture.volume, session, epoch)));
  }

  private HeadResult commit(long request, long claim) {
    Commit commit = new Commit(0, List.of(), List.of(), Usage.NONE, claim, new byte[] {1});
    return apply(
        0,
        Command.newBuilder()
            .setCommit(fixture.commit(session(1), request, request - 1, List.of(commit))),
        commit.body());
  }

  private HeadResult fold(long claim) {
    Cid root = Cid.of(Codec.DAG_CBOR, new byte[] {7});
    FoldRequest request =
        fixture.fold(session(1), HeadMessages.encodeRoot(null), HeadMessages.encodeRoot(root), 1);
    return apply(0, Command.newBuilder().setFold(request.toBuilder().setClaimEpoch(claim).build()));
  }

  private static void assertRefused(Reason reason, HeadResult result) {
    assertEquals(reason, assertInstanceOf(HeadResult.Refused.class, result).reason());
  }
}
