package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.cairnfs.it.linear.Verdict;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Four mounts in separate processes, while nodes and mounts are killed, stopped and cut off: what
 * programs do to names in shared directories is linearizable, no open sees less than the last close
 * before it, and nothing synced is lost. The name of a run is its seed.
 */
final class SharedFaultsIT {

  private static final int MOUNTS = 4;

  /** As many calls as come; the time is bounded. */
  private static final int CALLS_EACH = 20_000;

  /** The first shows it in almost every case. */
  private static final int TWINS = 8;

  private static final Duration SHORT = Duration.ofSeconds(25);
  private static final Duration LONG = Duration.ofMinutes(2);

  /** What a call may take, and a busy machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static LongStream seeds() {
    return LongStream.rangeClosed(1, 1);
  }

  private static LongStream manySeeds() {
    return LongStream.rangeClosed(101, 130);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  @Timeout(600)
  void faultsShowNothing(long seed) throws Exception {
    run(seed, SHORT);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("manySeeds")
  @Tag("extended")
  @Timeout(1200)
  void manyFaultsShowNothing(long seed) throws Exception {
    run(seed, LONG);
  }

  private static void run(long seed, Duration duration) throws Exception {
    System.out.println("seed " + seed);
    try (SharedScene scene = SharedScene.open(MOUNTS)) {
      LinearRun names = new LinearRun(scene.directories(), seed, CALLS_EACH, target -> target);
      VersionedProcess contents = new VersionedProcess(scene.directories(), seed);
      new SharedFaults(scene, seed).run(duration);
      contents.stop();
      Verdict verdict = names.finish(PATIENCE);
      contents.finish();
      assertInstanceOf(Verdict.Linearizable.class, verdict, verdict::toString);
    }
  }

  /** The twin: heads that find no conflicts, and nothing else goes wrong. */
  @Test
  @Timeout(600)
  void missedConflictsAreNoticed() throws Exception {
    try (SharedScene scene = SharedScene.openUnchecked(MOUNTS)) {
      // Short histories: among many calls of which nobody knows the end a search may not end.
      Verdict verdict = null;
      for (int seed = 1; seed <= TWINS && !(verdict instanceof Verdict.Violation); seed++) {
        LinearRun names = new LinearRun(scene.directories(), seed, 80, target -> target);
        names.await(PATIENCE);
        verdict = names.finish(PATIENCE);
      }
      assertInstanceOf(Verdict.Violation.class, verdict);
    }
  }
}
