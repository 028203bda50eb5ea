package io.cairnfs.node.head.machine;

import static io.cairnfs.node.head.HeadFixture.session;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cairnfs.node.head.HeadFixture;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.NewSnapshot;
import io.cairnfs.protocol.head.RecoveryMessages;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.SnapshotMessages;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.HeadRecord;
import io.cairnfs.protocol.head.message.RecoverRequest;
import io.cairnfs.protocol.head.message.RetireRequest;
import io.cairnfs.protocol.identity.Identity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Volumes whose heads are lost, in the state machine that they are founded again in. */
final class RecoveryTest {

  private static final HeadResult DONE = new HeadResult.Done();
  private static final byte[] BODY = "body".getBytes(StandardCharsets.UTF_8);

  private final HeadFixture fixture = new HeadFixture();
  private final HeadMachine lost = new HeadMachine();
  private final HeadMachine fresh = new HeadMachine();
  private long request = 1;

  private static HeadResult apply(HeadMachine machine, Command.Builder command, byte[] bodies) {
    return machine.apply(machine.index() + 1, command.setNowMillis(1).build(), bodies);
  }

  private static HeadResult apply(HeadMachine machine, Command.Builder command) {
    return apply(machine, command, new byte[0]);
  }

  private static Cid cid(int n) {
    return Cid.of(Codec.DAG_CBOR, new byte[] {(byte) n});
  }

  /** A history of two folds, a snapshot at the first, and something after the second. */
  @BeforeEach
  void work() {
    apply(lost, Command.newBuilder().setFound(fixture.found()));
    apply(lost, Command.newBuilder().setOpen(fixture.open(session(1))));
    commit(2);
    fold(0, 1, 2);
    NewSnapshot wanted = NewSnapshot.named("kept");
    apply(
        lost,
        Command.newBuilder().setCreateSnapshot(SnapshotMessages.encode(fixture.volume, wanted)));
    commit(3);
    fold(1, 2, 5);
    commit(4);
  }

  private void commit(int count) {
    for (int i = 0; i < count; i++) {
      Commit commit = new Commit(0, List.of(), List.of(), new Usage(10, 1), BODY);
      assertInstanceOf(
          HeadResult.Outcomes.class,
          apply(
              lost,
              Command.newBuilder()
                  .setCommit(fixture.commit(session(1), request++, 0, List.of(commit))),
              BODY));
    }
  }

  private void fold(int before, int after, long through) {
    ByteString expected = before == 0 ? ByteString.EMPTY : HeadMessages.encodeRoot(cid(before));
    assertEquals(
        DONE,
        apply(
            lost,
            Command.newBuilder()
                .setFold(
                    fixture.fold(
                        session(1), expected, HeadMessages.encodeRoot(cid(after)), through))));
  }

  private HeadRecord checkpoint() throws Exception {
    return RecoveryMessages.atRoot(lost.export(fixture.volume));
  }

  private static Command.Builder recover(RecoverRequest request) {
    return Command.newBuilder().setRecover(request);
  }

  private static void assertRefused(Reason reason, HeadResult result) {
    assertEquals(reason, assertInstanceOf(HeadResult.Refused.class, result).reason());
  }

  @Test
  void aVolumeGoesOnFromItsCheckpoint() throws Exception {
    Founding again = fixture.foundedAgain(1);
    assertEquals(DONE, apply(fresh, recover(fixture.recovery(again, checkpoint()))));
    assertEquals(DONE, apply(fresh, recover(fixture.recovery(again, checkpoint()))), "repeated");
    HeadState before = lost.info(fixture.volume, 1).state();
    HeadState state = fresh.info(fixture.volume, 1).state();
    assertEquals(cid(2), state.root());
    assertEquals(state.sequence(), state.rootSequence());
    assertTrue(state.sequence() > before.sequence() + 1_000_000, "no number comes again");
    assertTrue(state.sweep() > before.sweep());
    assertEquals(new Usage(50, 5), state.usage(), "of what is in the tree");
    List<Snapshot> snapshots = fresh.snapshots(fixture.volume).snapshots();
    assertEquals(List.of("kept"), snapshots.stream().map(Snapshot::name).toList());
    assertEquals(cid(1), snapshots.getFirst().root());
    assertEquals(1, fresh.info(fixture.volume, 1).founding().epoch());
  }

  @Test
  void sessionsOfBeforeAreFencedAndNewOnesWork() throws Exception {
    assertEquals(
        DONE, apply(fresh, recover(fixture.recovery(fixture.foundedAgain(1), checkpoint()))));
    Commit commit = new Commit(0, List.of(), List.of(), Usage.NONE, BODY);
    Command.Builder late =
        Command.newBuilder().setCommit(fixture.commit(session(1), request, 0, List.of(commit)));
    assertRefused(Reason.FENCED, apply(fresh, late, BODY));
    assertInstanceOf(
        HeadResult.Opened.class,
        apply(fresh, Command.newBuilder().setOpen(fixture.open(session(2)))));
    Command.Builder next =
        Command.newBuilder().setCommit(fixture.commit(session(2), 1, 0, List.of(commit)));
    assertInstanceOf(HeadResult.Outcomes.class, apply(fresh, next, BODY));
    HeadMachine restored = HeadMachine.restore(fresh.snapshot());
    assertEquals(fresh.info(fixture.volume, 1).state(), restored.info(fixture.volume, 1).state());
  }

  @Test
  void onlyTheOwnerFoundsAgainAndOnlyForward() throws Exception {
    RecoverRequest good = fixture.recovery(fixture.foundedAgain(1), checkpoint());
    RecoverRequest other =
        good.toBuilder()
            .setHead(
                checkpoint().toBuilder()
                    .setState(
                        checkpoint().getState().toBuilder()
                            .setRoot(HeadMessages.encodeRoot(cid(66)))))
            .build();
    assertRefused(Reason.REFUSED, apply(fresh, recover(other)));
    Founding again = fixture.foundedAgain(1);
    RecoverRequest stranger = RecoveryMessages.sign(again, checkpoint(), Identity.generate());
    assertRefused(Reason.REFUSED, apply(fresh, recover(stranger)));
    RecoverRequest sameEpoch = fixture.recovery(fixture.foundedAgain(0), checkpoint());
    assertRefused(Reason.REFUSED, apply(fresh, recover(sameEpoch)));
    HeadRecord unfolded = lost.export(fixture.volume);
    assertRefused(
        Reason.REFUSED, apply(fresh, recover(fixture.recovery(fixture.foundedAgain(1), unfolded))));
    assertNotEquals(Residence.HERE, fresh.residence(fixture.volume));
    assertEquals(DONE, apply(fresh, recover(good)));
    assertEquals(
        DONE, apply(fresh, recover(fixture.recovery(fixture.foundedAgain(2), checkpoint()))));
    assertRefused(Reason.EXISTS, apply(fresh, recover(good)));
  }

  @Test
  void aHeadOfAnEarlierEpochIsReplacedWhereItIs() throws Exception {
    HeadRecord kept = checkpoint();
    assertEquals(DONE, apply(lost, recover(fixture.recovery(fixture.foundedAgain(1), kept))));
    assertRefused(
        Reason.FENCED,
        apply(
            lost,
            Command.newBuilder()
                .setCommit(
                    fixture.commit(
                        session(1),
                        request,
                        0,
                        List.of(new Commit(0, List.of(), List.of(), Usage.NONE, BODY)))),
            BODY));
  }

  @Test
  void aHeadEndsWhenItsVolumeIsFoundedAgainElsewhere() throws Exception {
    Founding later = fixture.foundedAgain(1);
    Command.Builder same =
        Command.newBuilder()
            .setRetire(
                RetireRequest.newBuilder().setFounding(HeadMessages.encode(fixture.founding)));
    assertEquals(DONE, apply(lost, same));
    assertEquals(Residence.HERE, lost.residence(fixture.volume), "the same epoch ends nothing");
    Command.Builder forged =
        Command.newBuilder()
            .setRetire(
                RetireRequest.newBuilder()
                    .setFounding(HeadMessages.encode(later.withSignature(new byte[64]))));
    assertRefused(Reason.REFUSED, apply(lost, forged));
    assertEquals(Residence.HERE, lost.residence(fixture.volume));
    Command.Builder retire =
        Command.newBuilder()
            .setRetire(RetireRequest.newBuilder().setFounding(HeadMessages.encode(later)));
    assertEquals(DONE, apply(lost, retire));
    assertNotEquals(Residence.HERE, lost.residence(fixture.volume));
    assertEquals(DONE, apply(lost, retire), "repeated");
  }

  @Test
  void aVolumeThatWasNeverMountedIsFoundedAgainEmpty() throws Exception {
    HeadMachine empty = new HeadMachine();
    apply(empty, Command.newBuilder().setFound(fixture.found()));
    HeadRecord nothing = RecoveryMessages.folded(empty.export(fixture.volume), ByteString.EMPTY);
    assertEquals(DONE, apply(fresh, recover(fixture.recovery(fixture.foundedAgain(1), nothing))));
    assertEquals(0, fresh.info(fixture.volume, 1).state().sequence());
  }
}
