package io.cairnfs.node.head;

import static org.junit.jupiter.api.Assertions.fail;

import io.cairnfs.node.head.machine.HeadResult;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockKind;
import io.cairnfs.protocol.head.LockMessages;
import io.cairnfs.protocol.head.LockRequest;
import io.cairnfs.protocol.head.LockRequest.Action;
import io.cairnfs.protocol.head.LockRequest.Mode;
import io.cairnfs.protocol.head.VolumeLock;
import io.cairnfs.protocol.head.message.Command;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The locks of a simulated session: one request at a time, repeated until it has its answer. */
final class SimulatedLocks {

  private static final int FILES = 2;
  private static final int RETRY_MILLIS = 200;

  private final SimulatedSession session;
  private final HeadFixture fixture;
  private final SimulatedWorld world;
  private final Set<Long> held = new TreeSet<>();
  private @Nullable LockRequest underWay;
  private List<Long> settled = List.of();
  private long numbers;
  private long lastSent;
  private int grants;

  SimulatedLocks(SimulatedSession session, HeadFixture fixture, SimulatedWorld world) {
    this.session = session;
    this.fixture = fixture;
    this.world = world;
  }

  /** The files that it believes to have locked. */
  Set<Long> files() {
    return held;
  }

  int grants() {
    return grants;
  }

  boolean areQuiet() {
    return underWay == null;
  }

  List<VolumeLock> held() {
    return held.stream()
        .map(
            inode ->
                new VolumeLock(session.id, inode, 1, LockKind.POSIX, 0, Long.MAX_VALUE, true, 1))
        .toList();
  }

  void act() {
    if (session.mode() == SimulatedSession.Mode.EXCLUSIVE) {
      if (session.leaseRuns() && world.random.nextInt(10) == 0) {
        long inode = world.random.nextInt(FILES);
        if (!held.remove(inode)) {
          held.add(inode);
        }
      }
      return;
    }
    if (session.mode() != SimulatedSession.Mode.SHARED) {
      return;
    }
    if (underWay == null && session.leaseRuns() && world.random.nextInt(6) == 0) {
      begin();
    } else if (underWay != null && world.nowMillis() - lastSent > RETRY_MILLIS) {
      send(underWay);
    }
  }

  private void begin() {
    long inode = world.random.nextInt(FILES);
    Action action = held.remove(inode) ? Action.UNLOCK : Action.WRITE;
    long number = ++numbers;
    LockRequest request =
        new LockRequest(
            number,
            number - 1,
            settled,
            inode,
            1,
            LockKind.POSIX,
            0,
            Long.MAX_VALUE,
            action,
            world.random.nextBoolean() ? Mode.WAIT : Mode.TRY,
            1);
    underWay = request;
    send(request);
  }

  private void send(LockRequest request) {
    lastSent = world.nowMillis();
    session.call(
        Command.newBuilder().setLock(LockMessages.encode(fixture.volume, session.id, request)),
        new byte[0],
        result -> {
          if (underWay == null || request.number() != underWay.number()) {
            return; // a late duplicate
          }
          switch (result) {
            case HeadResult.Locked(LockAnswer answer) -> answered(request, answer);
            default -> fail("a request for a lock was answered by " + result);
          }
        });
  }

  private void answered(LockRequest request, LockAnswer answer) {
    switch (answer) {
      case LockAnswer.Granted _ -> {
        if (request.action() == Action.WRITE) {
          held.add(request.inode());
          grants++;
        }
        settled = List.of(request.number());
        underWay = null;
      }
      case LockAnswer.Conflict _, LockAnswer.Deadlock _, LockAnswer.Cancelled _ -> underWay = null;
      case LockAnswer.Waiting _ -> {}
    }
  }

  /** News of a grant: the repetition asks for it at once. */
  void granted(List<Long> numbersGranted) {
    if (underWay != null && numbersGranted.contains(underWay.number())) {
      lastSent = 0;
    }
  }
}
