package io.cairnfs.node.head;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.protocol.head.Delta;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Several sessions of a volume, and a voter that dies now and then, over a bad network. After every
 * event: one session at most has the volume for itself, and then no other answers; no two believe
 * to have the same lock; what is answered is in the view of each whose lease runs; and all that
 * {@link SimulatedVoter} checks of the history.
 */
final class SharedSimulation {

  private static final int SESSIONS = 3;
  private static final long CALM_MILLIS = 25_000;

  private final SimulatedWorld world;
  private final HeadFixture fixture = new HeadFixture();
  private final SimulatedVoter voter;
  private final List<SimulatedSession> sessions = new ArrayList<>();
  private long opened;
  private int claims;
  private int grants;
  private int answers;
  private int deaths;

  SharedSimulation(long seed, SimulatedVoter.Flaw flaw) throws IOException {
    world = new SimulatedWorld(seed);
    voter = new SimulatedVoter(fixture, world, flaw, this::answered);
    for (int i = 0; i < SESSIONS; i++) {
      join();
    }
    world.after(1, this::trouble);
  }

  private void join() {
    sessions.add(new SimulatedSession(HeadFixture.session(++opened), fixture, world, voter));
  }

  SimulatedVoter voter() {
    return voter;
  }

  int claims() {
    return claims;
  }

  int grants() {
    return grants;
  }

  String figures() {
    return "commits "
        + voter.history().size()
        + ", answers "
        + answers
        + ", conflicts "
        + voter.conflicts()
        + ", crashes "
        + voter.crashes()
        + ", deaths "
        + deaths
        + ", claims "
        + claims
        + ", locks "
        + grants;
  }

  /** Runs for some time with faults, and then for some without, in which all must come to rest. */
  void run(long millis) throws IOException {
    runUntil(millis);
    world.calm();
    voter.calm();
    runUntil(millis + CALM_MILLIS);
    for (SimulatedSession session : sessions) {
      assertTrue(session.makesProgress(), "a commit has no answer");
      assertFalse(session.mode() == SimulatedSession.Mode.OPENING, "a session cannot join");
    }
    voter.compareWithReplay();
  }

  private void runUntil(long millis) throws IOException {
    while (world.nowMillis() < millis) {
      world.step();
      check();
      bury();
    }
  }

  private void trouble() throws IOException {
    if (world.isCalm()) {
      return;
    }
    switch (world.random.nextInt(8)) {
      case 0 -> victim().ifPresent(session -> session.freeze(world.random.nextInt(8000)));
      case 1 -> victim().ifPresent(SimulatedSession::crash);
      case 2 -> voter.recover();
      case 4 -> victim().ifPresent(SimulatedSession::leave);
      case 3 -> voter.save();
      default -> {}
    }
    world.after(world.random.nextInt(3000), this::trouble);
  }

  private Optional<SimulatedSession> victim() {
    return sessions.isEmpty()
        ? Optional.empty()
        : Optional.of(sessions.get(world.random.nextInt(sessions.size())));
  }

  private void bury() {
    for (SimulatedSession session : List.copyOf(sessions)) {
      if (session.mode() == SimulatedSession.Mode.DEAD) {
        deaths++;
        claims += session.claims();
        grants += session.locks.grants();
        sessions.remove(session);
        // Sometimes others are alone for a while.
        world.after(world.random.nextInt(world.isCalm() ? 100 : 20_000), this::join);
      }
    }
  }

  private void answered(long sequence) {
    answers++;
    Delta delta = voter.history().get((int) sequence - 1);
    for (SimulatedSession session : sessions) {
      assertTrue(
          !session.leaseRuns() || session.knows(delta),
          () -> "answered before " + session.id + " has taken it: " + sequence);
    }
  }

  private void check() {
    int exclusive = 0;
    int others = 0;
    Set<Long> locked = new HashSet<>();
    for (SimulatedSession session : sessions) {
      if (session.leaseRuns()) {
        exclusive += session.mode() == SimulatedSession.Mode.EXCLUSIVE ? 1 : 0;
        others += session.isShared() ? 1 : 0;
        for (long inode : session.locks.files()) {
          assertTrue(locked.add(inode), "two sessions have the same lock");
        }
      }
    }
    assertTrue(exclusive == 0 || exclusive + others == 1, "an exclusive session is not alone");
  }
}
