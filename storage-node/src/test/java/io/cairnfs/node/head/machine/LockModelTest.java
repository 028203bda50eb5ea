package io.cairnfs.node.head.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.head.HeadFixture;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockKind;
import io.cairnfs.protocol.head.LockMessages;
import io.cairnfs.protocol.head.LockRequest;
import io.cairnfs.protocol.head.LockRequest.Action;
import io.cairnfs.protocol.head.LockRequest.Mode;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.SessionRequests;
import io.cairnfs.protocol.head.VolumeLock;
import io.cairnfs.protocol.head.message.Command;
import io.cairnfs.protocol.head.message.VolumeSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random requests for locks by three sessions, against a model that knows for each byte who has it
 * and nothing else. The name of a run is its seed.
 */
final class LockModelTest {

  private static final int SESSIONS = 3;
  private static final int OWNERS = 2;
  private static final int FILES = 2;
  private static final int BYTES = 12;
  private static final int STEPS = 300;

  /** Who may exclude whom: a file and a kind. */
  private record Where(long inode, LockKind kind) {}

  private record Owner(SessionId session, long owner) {}

  private record Waiting(SessionId session, long number, LockRequest request) {}

  private final HeadFixture fixture = new HeadFixture();

  /** Releases more often than it locks, so that there is room. */
  private static final List<Action> ACTIONS =
      List.of(Action.READ, Action.WRITE, Action.UNLOCK, Action.UNLOCK, Action.UNLOCK);

  private final Map<Where, List<Map<Owner, Boolean>>> model = new HashMap<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private final Map<SessionId, List<Long>> granted = new HashMap<>();
  private final Map<SessionId, Long> numbers = new HashMap<>();
  private final List<SessionId> living = new ArrayList<>();
  private HeadMachine machine = new HeadMachine();
  private long sessions;
  private String last = "";
  private int grants;
  private int conflicts;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 100);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void locksAreWhatTheBytesSay(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    apply(Command.newBuilder().setFound(fixture.found()));
    while (living.size() < SESSIONS) {
      join();
    }
    for (int i = 0; i < STEPS; i++) {
      step(random);
      compare();
    }
    // A run in which nothing happened would prove nothing.
    assertTrue(grants > 0 && conflicts > 10, () -> grants + " grants, " + conflicts + " conflicts");
  }

  private void join() {
    SessionId session = HeadFixture.session(++sessions);
    apply(Command.newBuilder().setOpen(fixture.open(session)));
    apply(
        Command.newBuilder()
            .setShare(SessionRequests.share(fixture.volume, session, 1, List.of())));
    living.add(session);
    numbers.put(session, 0L);
    granted.put(session, new ArrayList<>());
  }

  private void step(SplittableRandom random) throws Exception {
    SessionId session = living.get(random.nextInt(SESSIONS));
    switch (random.nextInt(20)) {
      case 0 -> cancel(random);
      case 1 -> machine = HeadMachine.restore(machine.snapshot());
      case 2 -> {
        if (random.nextInt(5) == 0) {
          end(session);
          join();
        }
      }
      default -> request(random, session);
    }
  }

  private void request(SplittableRandom random, SessionId session) {
    long number = numbers.merge(session, 1L, Long::sum);
    LockKind kind = random.nextInt(4) == 0 ? LockKind.FLOCK : LockKind.POSIX;
    long start = random.nextInt(BYTES);
    long end = start + random.nextInt(BYTES - (int) start);
    Action action = ACTIONS.get(random.nextInt(ACTIONS.size()));
    LockRequest request =
        new LockRequest(
            number,
            Math.max(0, number - 1 - random.nextInt(3)),
            List.copyOf(grantedTo(session)),
            random.nextInt(FILES),
            random.nextInt(OWNERS),
            kind,
            kind == LockKind.FLOCK ? 0 : start,
            kind == LockKind.FLOCK ? BYTES - 1 : end,
            action,
            random.nextBoolean() ? Mode.WAIT : Mode.TRY,
            7);
    LockAnswer answer = lock(session, request);
    last = session + " " + request + ": " + answer;
    grantedTo(session).clear();
    expect(session, request, answer);
    LockAnswer again = lock(session, request);
    boolean stillWaits = answer instanceof LockAnswer.Waiting;
    assertEquals(stillWaits ? new LockAnswer.Waiting() : answer, again, "a repetition");
  }

  private List<Long> grantedTo(SessionId session) {
    return Objects.requireNonNull(granted.get(session));
  }

  private LockAnswer lock(SessionId session, LockRequest request) {
    return assertInstanceOf(
            HeadResult.Locked.class,
            apply(
                Command.newBuilder()
                    .setLock(LockMessages.encode(fixture.volume, session, request))))
        .answer();
  }

  private void expect(SessionId session, LockRequest request, LockAnswer answer) {
    Owner me = new Owner(session, request.owner());
    if (request.action() == Action.UNLOCK) {
      assertEquals(new LockAnswer.Granted(0), answer);
      set(me, request, null);
      grantWaiting();
      return;
    }
    List<Owner> obstacles = obstacles(me, request);
    if (obstacles.isEmpty()) {
      assertEquals(new LockAnswer.Granted(0), answer);
      set(me, request, request.action() == Action.WRITE);
      grantWaiting();
      return;
    }
    conflicts++;
    if (request.mode() == Mode.WAIT
        && request.kind() == LockKind.POSIX
        && obstacles.stream().anyMatch(owner -> reaches(owner, me, new ArrayList<>()))) {
      assertEquals(new LockAnswer.Deadlock(), answer);
      return;
    }
    if (request.kind() == LockKind.FLOCK) {
      set(me, request, null);
    }
    if (request.mode() == Mode.WAIT) {
      assertEquals(new LockAnswer.Waiting(), answer);
      waiting.add(new Waiting(session, request.number(), request));
    } else {
      VolumeLock holder = assertInstanceOf(LockAnswer.Conflict.class, answer).holder();
      assertTrue(obstacles.contains(new Owner(holder.session(), holder.owner())));
    }
    grantWaiting();
  }

  private List<Map<Owner, Boolean>> bytes(LockRequest request) {
    return model.computeIfAbsent(
        new Where(request.inode(), request.kind()),
        _ -> {
          List<Map<Owner, Boolean>> bytes = new ArrayList<>();
          for (int i = 0; i < BYTES; i++) {
            bytes.add(new HashMap<>());
          }
          return bytes;
        });
  }

  private void set(Owner owner, LockRequest request, @Nullable Boolean write) {
    for (long i = request.start(); i <= request.end(); i++) {
      Map<Owner, Boolean> at = bytes(request).get((int) i);
      if (write == null) {
        at.remove(owner);
      } else {
        at.put(owner, write);
      }
    }
  }

  private List<Owner> obstacles(Owner me, LockRequest request) {
    List<Owner> obstacles = new ArrayList<>();
    for (long i = request.start(); i <= request.end(); i++) {
      bytes(request)
          .get((int) i)
          .forEach(
              (owner, write) -> {
                if (!owner.equals(me) && (write || request.action() == Action.WRITE)) {
                  obstacles.add(owner);
                }
              });
    }
    return obstacles;
  }

  private boolean reaches(Owner from, Owner to, List<Owner> seen) {
    if (from.equals(to)) {
      return true;
    }
    if (seen.contains(from)) {
      return false;
    }
    seen.add(from);
    return waiting.stream()
        .filter(wait -> wait.request().kind() == LockKind.POSIX)
        .filter(wait -> new Owner(wait.session(), wait.request().owner()).equals(from))
        .flatMap(wait -> obstacles(from, wait.request()).stream())
        .anyMatch(next -> reaches(next, to, seen));
  }

  private void grantWaiting() {
    int before;
    do {
      before = grants;
      for (Waiting wait : List.copyOf(waiting)) {
        Owner owner = new Owner(wait.session(), wait.request().owner());
        if (obstacles(owner, wait.request()).isEmpty()) {
          set(owner, wait.request(), wait.request().action() == Action.WRITE);
          waiting.remove(wait);
          grantedTo(wait.session()).add(wait.number());
          grants++;
        }
      }
    } while (grants > before);
  }

  private void cancel(SplittableRandom random) {
    if (waiting.isEmpty()) {
      return;
    }
    last = "a cancellation";
    Waiting wait = waiting.remove(random.nextInt(waiting.size()));
    for (int i = 0; i < 2; i++) {
      assertEquals(
          new HeadResult.Locked(new LockAnswer.Cancelled()),
          apply(
              Command.newBuilder()
                  .setCancelLock(
                      SessionRequests.cancelLock(fixture.volume, wait.session(), wait.number()))));
    }
    grantWaiting();
  }

  private void end(SessionId session) {
    last = "the end of " + session;
    apply(Command.newBuilder().setClose(fixture.close(session)));
    living.remove(session);
    waiting.removeIf(wait -> wait.session().equals(session));
    model
        .values()
        .forEach(
            bytes ->
                bytes.forEach(
                    at -> at.keySet().removeIf(owner -> owner.session().equals(session))));
    grantWaiting();
  }

  private void compare() throws Exception {
    VolumeSnapshot snapshot = VolumeSnapshot.parseFrom(machine.snapshot().get(1));
    List<VolumeLock> held = snapshot.getLockList().stream().map(LockMessages::decode).toList();
    Map<String, Boolean> actual = new TreeMap<>();
    for (VolumeLock lock : held) {
      for (long i = lock.start(); i <= Math.min(lock.end(), BYTES - 1); i++) {
        String where = key(lock.inode(), lock.kind(), i, new Owner(lock.session(), lock.owner()));
        assertEquals(null, actual.put(where, lock.write()), "ranges of one owner overlap");
      }
    }
    Map<String, Boolean> expected = new TreeMap<>();
    model.forEach(
        (where, bytes) -> {
          for (int i = 0; i < BYTES; i++) {
            int at = i;
            bytes
                .get(i)
                .forEach(
                    (owner, write) ->
                        expected.put(key(where.inode(), where.kind(), at, owner), write));
          }
        });
    for (String where : expected.keySet()) {
      assertEquals(expected.get(where), actual.get(where), () -> where + " after " + last);
    }
    assertEquals(expected.size(), actual.size(), () -> "after " + last);
    assertFalse(
        held.stream().anyMatch(a -> held.stream().anyMatch(b -> a.sameOwner(b) && touches(a, b))),
        "ranges that touch were not merged");
    for (Sharing.Member member : machine.sharing(fixture.volume).members()) {
      assertEquals(grantedTo(member.id()).stream().sorted().toList(), member.grantedLocks());
    }
    List<byte[]> records = machine.snapshot();
    List<byte[]> restored = HeadMachine.restore(records).snapshot();
    for (int i = 0; i < records.size(); i++) {
      assertArrayEquals(records.get(i), restored.get(i));
    }
  }

  private static boolean touches(VolumeLock a, VolumeLock b) {
    return a.inode() == b.inode()
        && a.kind() == b.kind()
        && a.write() == b.write()
        && a.end() == b.start() - 1;
  }

  private static String key(long inode, LockKind kind, long at, Owner owner) {
    return inode + " " + kind + " " + at + " " + owner;
  }

  private HeadResult apply(Command.Builder command) {
    return machine.apply(machine.index() + 1, command.build(), new byte[0]);
  }
}
