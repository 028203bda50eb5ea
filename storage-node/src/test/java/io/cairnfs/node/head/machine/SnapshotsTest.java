package io.cairnfs.node.head.machine;

import static io.cairnfs.node.head.HeadFixture.session;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cairnfs.node.head.HeadFixture;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.head.FoldToken;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.NewSnapshot;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.Snapshot;
import io.cairnfs.protocol.head.SnapshotMessages;
import io.cairnfs.protocol.head.SnapshotSchedule;
import io.cairnfs.protocol.head.TreeOrigin;
import io.cairnfs.protocol.head.Usage;
import io.cairnfs.protocol.head.message.AcquireFoldTokenRequest;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.DeleteSnapshotRequest;
import io.cairnfs.protocol.head.message.FoundOnRequest;
import io.cairnfs.protocol.head.message.GrantInodesRequest;
import io.cairnfs.protocol.head.message.RestoreRequest;
import io.cairnfs.protocol.head.message.SeizeRequest;
import io.cairnfs.protocol.head.message.SetScheduleRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots in the state machine: what they pin, and what bounds they set to folds. */
final class SnapshotsTest {

  private static final HeadResult DONE = new HeadResult.Done();
  private static final Instant TIME = Instant.parse("2026-11-27T18:00:00.000000001Z");

  private final HeadFixture fixture = new HeadFixture();
  private HeadMachine machine = new HeadMachine();
  private long nextRequest = 1;

  @BeforeEach
  void found() {
    assertEquals(DONE, apply(Command.newBuilder().setFound(fixture.found())));
    assertInstanceOf(
        HeadResult.Opened.class, apply(Command.newBuilder().setOpen(fixture.open(session(1)))));
  }

  @Test
  void aSnapshotOfWhatIsFoldedHasItsRootAtOnce() throws Exception {
    commit(2);
    assertEquals(DONE, fold(0, 1, 2));
    Snapshot made = made(create("a"));
    assertEquals(cid(1), made.root());
    assertEquals(2, made.sequence());
    assertEquals(TIME, made.created());
    assertEquals(FoldToken.UNBOUNDED, bound());
  }

  @Test
  void aFoldEndsExactlyWhereASnapshotWasTaken() throws Exception {
    commit(2);
    assertNull(made(create("a")).root());
    assertNull(made(create("also a")).root());
    commit(2);
    assertNull(made(create("b")).root());
    commit(1);
    assertEquals(2, bound());
    assertRefused(Reason.OVERTAKEN, fold(0, 1, 5));
    assertRefused(Reason.OVERTAKEN, fold(0, 1, 3));
    assertEquals(DONE, fold(0, 7, 1));
    assertEquals(DONE, fold(7, 1, 2));
    assertEquals(4, bound());
    assertRefused(Reason.OVERTAKEN, fold(1, 2, 5));
    assertEquals(DONE, fold(1, 2, 4));
    assertEquals(DONE, fold(2, 3, 5));
    assertEquals(
        List.of(cid(1), cid(1), cid(2)), snapshots().stream().map(Snapshot::root).toList());
  }

  @Test
  void aDeletedSnapshotBoundsNothing() throws Exception {
    commit(1);
    Snapshot made = made(create("a"));
    commit(1);
    assertEquals(DONE, delete(made.serial()));
    assertEquals(DONE, delete(made.serial()), "repeated");
    assertEquals(DONE, fold(0, 1, 2));
    assertEquals(List.of(), snapshots());
    assertEquals(2, made(create("a")).serial(), "numbers are not used again");
  }

  @Test
  void namesAreTakenOnceAndRequestsExecutedOnce() throws Exception {
    commit(1);
    NewSnapshot wanted = wanted("a");
    Snapshot made = made(create(wanted));
    assertEquals(made, made(create(wanted)));
    assertRefused(Reason.EXISTS, create("a"));
    assertEquals(1, snapshots().size());
  }

  @Test
  void whatIsRefused() throws Exception {
    assertRefused(Reason.REFUSED, create("of nothing"));
    commit(1);
    for (String name : List.of("", ".", "..", "a/b", "a@b", "a\u0000", "x".repeat(256))) {
      Command.Builder command = Command.newBuilder();
      command.setCreateSnapshot(
          SnapshotMessages.encode(fixture.volume, wanted("a")).toBuilder().setName(name));
      assertRefused(Reason.REFUSED, apply(command));
    }
    for (int i = 0; i < HeadLimits.MAX_SNAPSHOTS; i++) {
      made(create("s" + i));
    }
    assertRefused(Reason.REFUSED, create("one too many"));
  }

  @Test
  void aVolumeGoesOnFromAnothersTree() throws Exception {
    HeadFixture clone = new HeadFixture();
    TreeOrigin origin = new TreeOrigin(cid(9), new Usage(100, 3), 5000);
    Command.Builder found =
        Command.newBuilder()
            .setFoundOn(
                FoundOnRequest.newBuilder()
                    .setFounding(HeadMessages.encode(clone.founding))
                    .setOrigin(SnapshotMessages.encode(origin)));
    assertEquals(DONE, apply(found));
    assertEquals(DONE, apply(found), "repeated");
    HeadState state = machine.info(clone.volume, 0).state();
    assertEquals(cid(9), state.root());
    assertEquals(1, state.sequence());
    assertEquals(1, state.rootSequence());
    assertEquals(new Usage(100, 3), state.usage());
    apply(Command.newBuilder().setOpen(clone.open(session(7))));
    assertEquals(5000, grant(clone, session(7)));
  }

  @Test
  void aRootIsPutBackByASessionAloneAndAsANextStep() throws Exception {
    commit(2);
    assertEquals(DONE, fold(0, 1, 2));
    Snapshot made = made(create("a"));
    commit(1);
    TreeOrigin back = new TreeOrigin(cid(1), made.usage(), made.nextInode());
    assertRefused(Reason.REFUSED, restore(session(1), 3, back));
    assertEquals(DONE, fold(1, 2, 3));
    assertRefused(Reason.OVERTAKEN, restore(session(1), 2, back));
    assertRefused(Reason.FENCED, restore(session(2), 3, back));
    long numberBefore = grant(fixture, session(1));
    assertEquals(DONE, restore(session(1), 3, back));
    assertEquals(DONE, restore(session(1), 3, back), "repeated");
    HeadState state = machine.info(fixture.volume, 0).state();
    assertEquals(cid(1), state.root());
    assertEquals(4, state.sequence());
    assertEquals(4, state.rootSequence());
    assertEquals(state.chain(), state.rootChain());
    assertEquals(numberBefore + 10, grant(fixture, session(1)), "numbers do not come again");
  }

  @Test
  void whoSeizesAVolumeEndsTheOthers() throws Exception {
    SeizeRequest seize =
        SeizeRequest.newBuilder()
            .setVolume(fixture.id())
            .setSession(HeadMessages.encode(session(2)))
            .setHolder("rollback")
            .build();
    assertInstanceOf(HeadResult.Opened.class, apply(Command.newBuilder().setSeize(seize)));
    assertRefused(Reason.FENCED, apply(Command.newBuilder().setOpen(fixture.open(session(1)))));
    assertEquals("rollback", machine.info(fixture.volume, 0).holder());
    assertRefused(
        Reason.FENCED,
        apply(
            Command.newBuilder()
                .setSeize(seize.toBuilder().setSession(HeadMessages.encode(session(1))))));
    assertEquals("rollback", machine.info(fixture.volume, 0).holder());
  }

  @Test
  void snapshotsAndScheduleSurviveASavedState() throws Exception {
    commit(1);
    NewSnapshot wanted = wanted("a");
    made(create(wanted));
    commit(1);
    SnapshotSchedule schedule =
        new SnapshotSchedule(
            Duration.ofHours(1),
            List.of(new SnapshotSchedule.Keep(Duration.ofDays(1), Duration.ofHours(1))));
    assertEquals(
        DONE,
        apply(
            Command.newBuilder()
                .setSetSchedule(
                    SetScheduleRequest.newBuilder()
                        .setVolume(fixture.id())
                        .setSchedule(SnapshotMessages.encode(schedule)))));
    var before = machine.snapshots(fixture.volume);
    machine = HeadMachine.restore(machine.snapshot());
    assertEquals(before, machine.snapshots(fixture.volume));
    assertEquals(schedule, machine.snapshots(fixture.volume).schedule());
    assertRefused(Reason.OVERTAKEN, fold(0, 1, 2));
    assertEquals(1, made(create(wanted)).serial(), "a repeated request is known");
    assertEquals(2, made(create("b")).serial());
  }

  /** Whatever happens, a snapshot's root is that of a fold that ended at its sequence. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everySnapshotHasTheRootOfItsSequence(long seed) throws Exception {
    Random random = new Random(seed);
    TreeMap<Long, Cid> expected = new TreeMap<>();
    int root = 0;
    for (int step = 0; step < 400; step++) {
      HeadState state = machine.info(fixture.volume, 0).state();
      switch (random.nextInt(6)) {
        case 0, 1 -> commit(1 + random.nextInt(3));
        case 2 -> {
          if (state.sequence() > 0) {
            Snapshot made = made(create("s" + step));
            if (made.root() != null) {
              expected.put(made.serial(), made.root());
            }
          }
        }
        case 3, 4 -> {
          boolean heeding = random.nextBoolean();
          long end = heeding ? Math.min(bound(), state.sequence()) : state.sequence();
          long through = end - random.nextLong(Math.min(3, end - state.rootSequence() + 1));
          int next = root + 1;
          HeadResult result = fold(root, next, through);
          if (through > bound()) {
            assertRefused(Reason.OVERTAKEN, result);
          } else if (through > state.rootSequence()) {
            assertEquals(DONE, result);
          }
          if (result.equals(DONE)) {
            root = next;
            for (Snapshot snapshot : snapshots()) {
              if (snapshot.sequence() == through) {
                expected.putIfAbsent(snapshot.serial(), cid(root));
              }
            }
          }
        }
        default -> machine = HeadMachine.restore(machine.snapshot());
      }
    }
    TreeMap<Long, Cid> pinned = new TreeMap<>();
    for (Snapshot snapshot : snapshots()) {
      Cid found = snapshot.root();
      if (found != null) {
        pinned.put(snapshot.serial(), found);
      }
    }
    assertEquals(expected, pinned);
    assertTrue(pinned.size() > 10, "only " + pinned.size() + " have roots");
  }

  private NewSnapshot wanted(String name) {
    NewSnapshot named = NewSnapshot.named(name);
    return new NewSnapshot(named.name(), named.request(), false, TIME);
  }

  private HeadResult create(String name) {
    return create(wanted(name));
  }

  private HeadResult create(NewSnapshot wanted) {
    return apply(
        Command.newBuilder().setCreateSnapshot(SnapshotMessages.encode(fixture.volume, wanted)));
  }

  private static Snapshot made(HeadResult result) {
    return assertInstanceOf(HeadResult.SnapshotMade.class, result).snapshot();
  }

  private HeadResult delete(long serial) {
    return apply(
        Command.newBuilder()
            .setDeleteSnapshot(
                DeleteSnapshotRequest.newBuilder().setVolume(fixture.id()).setSerial(serial)));
  }

  private HeadResult restore(SessionId session, long expected, TreeOrigin origin) {
    return apply(
        Command.newBuilder()
            .setRestore(
                RestoreRequest.newBuilder()
                    .setVolume(fixture.id())
                    .setSession(HeadMessages.encode(session))
                    .setExpectedSequence(expected)
                    .setOrigin(SnapshotMessages.encode(origin))));
  }

  private long grant(HeadFixture of, SessionId session) {
    GrantInodesRequest request =
        GrantInodesRequest.newBuilder()
            .setVolume(of.id())
            .setSession(HeadMessages.encode(session))
            .setCount(10)
            .build();
    HeadResult result = apply(Command.newBuilder().setGrantInodes(request));
    return assertInstanceOf(HeadResult.Granted.class, result).range().first();
  }

  private long bound() {
    AcquireFoldTokenRequest request =
        AcquireFoldTokenRequest.newBuilder()
            .setVolume(fixture.id())
            .setSession(HeadMessages.encode(session(1)))
            .build();
    HeadResult result = apply(Command.newBuilder().setAcquireFoldToken(request));
    return assertInstanceOf(HeadResult.TokenAnswer.class, result).token().through();
  }

  private List<Snapshot> snapshots() throws Exception {
    return machine.snapshots(fixture.volume).snapshots();
  }

  private HeadResult fold(int from, int to, long through) {
    ByteString expected = from == 0 ? ByteString.EMPTY : HeadMessages.encodeRoot(cid(from));
    return apply(
        Command.newBuilder()
            .setFold(
                fixture.fold(session(1), expected, HeadMessages.encodeRoot(cid(to)), through)));
  }

  private static Cid cid(int n) {
    return Cid.of(Codec.DAG_CBOR, new byte[] {(byte) n, (byte) (n >> 8)});
  }

  private void commit(int count) {
    for (int i = 0; i < count; i++) {
      var batch = List.of(HeadFixture.commit("body"));
      Command command =
          Command.newBuilder()
              .setCommit(fixture.commit(session(1), nextRequest, nextRequest - 1, batch))
              .build();
      nextRequest++;
      assertInstanceOf(
          HeadResult.Outcomes.class,
          machine.apply(machine.index() + 1, command, HeadMessages.joinBodies(batch)));
    }
  }

  private HeadResult apply(Command.Builder command) {
    return machine.apply(machine.index() + 1, command.build(), new byte[0]);
  }

  private static void assertRefused(Reason reason, HeadResult result) {
    assertEquals(reason, assertInstanceOf(HeadResult.Refused.class, result).reason());
  }
}
