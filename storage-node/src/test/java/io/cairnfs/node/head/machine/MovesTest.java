package io.cairnfs.node.head.machine;

import static io.cairnfs.node.head.HeadFixture.commit;
import static io.cairnfs.node.head.HeadFixture.session;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cairnfs.node.head.HeadFixture;
import io.cairnfs.protocol.cell.CellId;
import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.Moved;
import io.cairnfs.protocol.head.VolumeInfo;
import io.cairnfs.protocol.head.message.AdoptBegin;
import io.cairnfs.protocol.head.message.AdoptOpen;
import io.cairnfs.protocol.head.message.AdoptRequest;
import io.cairnfs.protocol.head.message.AdoptRuns;
import io.cairnfs.protocol.head.message.AdoptState;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.FoundingRecord;
import io.cairnfs.protocol.head.message.MoveRequest;
import io.cairnfs.protocol.head.message.ReleaseRequest;
import io.cairnfs.protocol.head.message.VolumeSnapshot;
import io.cairnfs.protocol.identity.Key256;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A volume that moves is hosted by one cell at a time, and goes on where it was. */
final class MovesTest {

  private static final HeadResult DONE = new HeadResult.Done();
  private static final long SEEDS = 60;
  private static final long TERM = HeadLimits.LEASE.plus(HeadLimits.LEASE_MARGIN).toMillis();

  /** The other cell's clock is far from this one's. */
  private static final long LATER = 1_000_000;

  private final HeadFixture fixture = new HeadFixture();
  private final FoundingRecord destination = fixture.movedTo(cell(7));
  private HeadMachine old = new HeadMachine();
  private HeadMachine other = new HeadMachine();
  private int attempts;

  private static CellId cell(int number) {
    byte[] key = new byte[Key256.BYTES];
    key[0] = (byte) number;
    return new CellId(Key256.of(key));
  }

  @BeforeEach
  void found() {
    apply(old, 0, Command.newBuilder().setFound(fixture.found()));
    apply(old, 0, Command.newBuilder().setOpen(fixture.open(session(1))));
    // Commands on other volumes make the numbers of both logs differ.
    for (int i = 0; i < 5; i++) {
      apply(other, LATER, Command.newBuilder().setFound(new HeadFixture().found()));
    }
  }

  @Test
  void aVolumeGoesOnWhereItWas() throws Exception {
    HeadResult first = commitAt(old, 10, 1);
    assertInstanceOf(HeadResult.Outcomes.class, first);
    VolumeInfo before = old.info(fixture.volume, 10);
    move();

    VolumeInfo after = other.info(fixture.volume, LATER);
    assertEquals(before.state(), after.state());
    assertEquals(before.holder(), after.holder());
    assertEquals(1, after.founding().move());
    assertEquals(first, commitAt(other, LATER, 1), "a repeated request has its result");
    assertInstanceOf(HeadResult.Outcomes.class, commitAt(other, LATER, 2));
    assertEquals(2, other.info(fixture.volume, LATER).state().sequence());
    assertEquals(Residence.ELSEWHERE, old.residence(fixture.volume));
  }

  @Test
  void leasesBeginAnew() {
    move();
    assertInstanceOf(HeadResult.Outcomes.class, commitAt(other, LATER + TERM, 1));
    apply(other, LATER + 3 * TERM, Command.newBuilder().setOpen(fixture.open(session(2))));
    assertRefused(Reason.FENCED, commitAt(other, LATER + 3 * TERM, 2));
  }

  @Test
  void theOldCellSaysWhereItWent() {
    assertEquals(DONE, seal(destination));
    HeadResult.Refused sealed = assertRefused(Reason.MOVED, commitAt(old, 10, 1));
    assertEquals("", sealed.message());
    bring();
    release();
    HeadResult.Refused gone = assertRefused(Reason.MOVED, commitAt(old, 10, 1));
    assertEquals(
        destination, HeadMessages.encode(Objects.requireNonNull(Moved.read(gone.message()))));
    assertRefused(Reason.MOVED, apply(old, 10, Command.newBuilder().setFound(fixture.found())));
  }

  @Test
  void onlyTheOwnerMovesAVolumeAndToOnePlace() {
    FoundingRecord forged =
        destination.toBuilder().setCell(fixture.movedTo(cell(8)).getCell()).build();
    assertRefused(Reason.REFUSED, seal(forged));
    assertRefused(Reason.REFUSED, seal(destination.toBuilder().setMove(2).build()));
    assertRefused(Reason.REFUSED, seal(destination.toBuilder().setName("w").build()));
    assertEquals(DONE, seal(destination));
    assertEquals(DONE, seal(destination), "a repeated request");
    assertRefused(Reason.EXISTS, seal(fixture.movedTo(cell(8))));
  }

  @Test
  void nothingOpensBeforeAllOfItIsThere() {
    commitAt(old, 10, 1);
    seal(destination);
    AdoptRequest.Builder step = begin();
    assertRefused(Reason.REFUSED, adopt(step.setOpen(AdoptOpen.getDefaultInstance())));
    bringState(step);
    assertRefused(Reason.REFUSED, adopt(step.setOpen(AdoptOpen.getDefaultInstance())));
    bringRuns(step);
    AdoptRequest.Builder newer = begin();
    assertRefused(Reason.OVERTAKEN, adopt(step.setOpen(AdoptOpen.getDefaultInstance())));
    bringState(newer);
    bringRuns(newer);
    assertEquals(DONE, adopt(newer.setOpen(AdoptOpen.getDefaultInstance())));
  }

  @Test
  void bodiesOfBothCellsHaveDifferentNumbers() {
    commitAt(old, 10, 1);
    seal(destination);
    bring();
    Command commit =
        Command.newBuilder().setCommit(fixture.commit(session(1), 2, 0, List.of())).build();
    for (long command = 1; command < 100; command++) {
      assertNotEquals(
          old.bodyIndex(commit, command) >>> 40, other.bodyIndex(commit, command) >>> 40);
    }
    release();
    assertTrue(oldestBody(old) <= oldestBody(other));
  }

  private long oldestBody(HeadMachine machine) {
    return Objects.requireNonNull(machine.oldestBodies().get(fixture.volume));
  }

  /** Movers stop and begin again, voters restart: whatever happens, one cell hosts the volume. */
  @Test
  void oneCellHostsItWhateverIsInterrupted() throws Exception {
    for (long seed = 1; seed <= SEEDS; seed++) {
      old = new HeadMachine();
      other = new HeadMachine();
      found();
      assertTrue(wander(new Random(seed), true), "two cells hosted the volume, seed " + seed);
      assertEquals(Residence.HERE, other.residence(fixture.volume), "seed " + seed);
    }
  }

  /** The twin: without the seal the same walk finds two. */
  @Test
  void withoutASealTwoCellsWouldHostIt() throws Exception {
    for (long seed = 1; seed <= SEEDS; seed++) {
      old = new HeadMachine();
      other = new HeadMachine();
      found();
      if (!wander(new Random(seed), false)) {
        return;
      }
    }
    throw new AssertionError("nobody noticed");
  }

  /** Returns whether at no time both cells took commits, and what one took was never lost. */
  private boolean wander(Random random, boolean seals) throws Exception {
    AdoptRequest.Builder step = null;
    long committed = 0;
    for (int i = 0; i < 60 || other.residence(fixture.volume) != Residence.HERE; i++) {
      long request = committed + 1;
      HeadResult atOld = commitAt(old, 10, request);
      HeadResult atOther = commitAt(other, LATER, request);
      boolean tookOld = atOld instanceof HeadResult.Outcomes;
      boolean tookOther = atOther instanceof HeadResult.Outcomes;
      boolean both =
          old.residence(fixture.volume) == Residence.HERE
              && other.residence(fixture.volume) == Residence.HERE;
      if (both || (tookOld && tookOther)) {
        return false;
      }
      committed += tookOld || tookOther ? 1 : 0;
      if (random.nextInt(5) == 0) {
        old = HeadMachine.restore(old.snapshot());
        other = HeadMachine.restore(other.snapshot());
      }
      switch (random.nextInt(7)) {
        case 0 -> {
          if (seals && i > 10) {
            seal(destination);
          }
        }
        case 1 -> step = begin();
        case 2 -> {
          if (step != null && (!seals || old.residence(fixture.volume) == Residence.LEAVING)) {
            bringState(step);
            bringRuns(step);
          }
        }
        case 3, 4 -> {
          if (step != null) {
            adopt(step.setOpen(AdoptOpen.getDefaultInstance()));
          }
        }
        case 5 -> {
          if (other.residence(fixture.volume) == Residence.HERE) {
            release();
          }
        }
        default -> {
          // The mover is away.
        }
      }
    }
    HeadMachine host = old.residence(fixture.volume) == Residence.HERE ? old : other;
    return host.info(fixture.volume, LATER).state().sequence() == committed;
  }

  private void move() {
    assertEquals(DONE, seal(destination));
    bring();
    release();
  }

  private void bring() {
    AdoptRequest.Builder step = begin();
    bringState(step);
    bringRuns(step);
    assertEquals(DONE, adopt(step.setOpen(AdoptOpen.getDefaultInstance())));
  }

  private HeadResult seal(FoundingRecord to) {
    return apply(
        old, 10, Command.newBuilder().setSeal(MoveRequest.newBuilder().setDestination(to)));
  }

  private void release() {
    ReleaseRequest request =
        ReleaseRequest.newBuilder()
            .setVolume(destination.getVolume())
            .setMove(destination.getMove())
            .build();
    assertEquals(DONE, apply(old, 10, Command.newBuilder().setRelease(request)));
  }

  private AdoptRequest.Builder begin() {
    AdoptRequest.Builder step =
        AdoptRequest.newBuilder()
            .setDestination(destination)
            .setAttempt(ByteString.copyFromUtf8("attempt " + ++attempts));
    adopt(step.setBegin(AdoptBegin.getDefaultInstance()));
    return step;
  }

  /** What the old cell has of the volume, sealed or not. */
  private VolumeSnapshot state() {
    try {
      return VolumeSnapshot.parseFrom(old.snapshot().get(1));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private void bringState(AdoptRequest.Builder step) {
    ByteString all = state().toBuilder().clearRun().clearDestination().build().toByteString();
    int half = all.size() / 2;
    adopt(step.setState(AdoptState.newBuilder().setPart(all.substring(0, half))));
    adopt(step.setState(AdoptState.newBuilder().setOffset(half).setPart(all.substring(half))));
  }

  private void bringRuns(AdoptRequest.Builder step) {
    adopt(step.setRuns(AdoptRuns.newBuilder().addAllRun(state().getRunList())));
  }

  private HeadResult adopt(AdoptRequest.Builder request) {
    return apply(other, LATER, Command.newBuilder().setAdopt(request.build()));
  }

  private HeadResult commitAt(HeadMachine machine, long nowMillis, long request) {
    Commit body = commit("b" + request);
    return machine.apply(
        machine.index() + 1,
        Command.newBuilder()
            .setNowMillis(nowMillis)
            .setCommit(fixture.commit(session(1), request, 0, List.of(body)))
            .build(),
        body.body());
  }

  private static HeadResult apply(HeadMachine machine, long nowMillis, Command.Builder command) {
    return machine.apply(machine.index() + 1, command.setNowMillis(nowMillis).build(), new byte[0]);
  }

  private static HeadResult.Refused assertRefused(Reason reason, HeadResult result) {
    HeadResult.Refused refused = assertInstanceOf(HeadResult.Refused.class, result);
    assertEquals(reason, refused.reason(), refused::message);
    return refused;
  }
}
