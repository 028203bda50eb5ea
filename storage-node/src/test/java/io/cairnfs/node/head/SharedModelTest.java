package io.cairnfs.node.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.node.head.SimulatedVoter.Flaw;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Sessions that share a volume, in simulation; see {@link SharedSimulation}. A failure names the
 * seed, which gives the same run again.
 */
final class SharedModelTest {

  private static final int SEEDS = 200;
  private static final int MANY_SEEDS = 100_000;
  private static final long MILLIS = 20_000;

  @Test
  void sharingKeepsItsPromises() throws IOException {
    run(1, SEEDS);
  }

  @Test
  @Tag("extended")
  void sharingKeepsItsPromisesForManySeeds() throws IOException {
    run(1_000_000, MANY_SEEDS);
  }

  private static void run(long firstSeed, int count) throws IOException {
    System.out.println("seeds " + firstSeed + " to " + (firstSeed + count - 1));
    int commits = 0;
    int conflicts = 0;
    int crashes = 0;
    int claims = 0;
    int grants = 0;
    for (long seed = firstSeed; seed < firstSeed + count; seed++) {
      SharedSimulation simulation = simulate(seed, Flaw.NONE);
      commits += simulation.voter().history().size();
      conflicts += simulation.voter().conflicts();
      crashes += simulation.voter().crashes();
      claims += simulation.claims();
      grants += simulation.grants();
    }
    System.out.printf(
        "%d commits, %d conflicts, %d crashes, %d claims, %d locks%n",
        commits, conflicts, crashes, claims, grants);
    // Runs in which nothing happened would prove nothing.
    assertTrue(commits > 20 * count && conflicts > count && crashes > count / 2);
    assertTrue(claims > count / 10 && grants > count);
  }

  private static SharedSimulation simulate(long seed, Flaw flaw) throws IOException {
    SharedSimulation simulation = new SharedSimulation(seed, flaw);
    try {
      simulation.run(MILLIS);
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
    return simulation;
  }

  @Test
  void theSameSeedGivesTheSameRun() throws IOException {
    assertEquals(simulate(99, Flaw.NONE).figures(), simulate(99, Flaw.NONE).figures());
  }

  @Test
  void withoutTheConflictCheckItFails() {
    assertNotices(Flaw.NO_CONFLICT_CHECK, "is not serializable");
  }

  @Test
  void answeringBeforeTheReleaseFails() {
    assertNotices(Flaw.ANSWER_BEFORE_RELEASE, "answered before");
  }

  private static void assertNotices(Flaw flaw, String how) {
    for (long seed = 1; seed <= 20; seed++) {
      try {
        simulate(seed, flaw);
      } catch (AssertionError e) {
        if (String.valueOf(e.getMessage()).contains(how)) {
          return;
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    throw new AssertionError("20 seeds did not notice " + flaw);
  }
}
