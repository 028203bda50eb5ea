package io.cairnfs.client.lock;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Locks of sessions that come and go are what the bytes say. The name of a run is its seed. */
final class SessionLocksModelTest {

  private static final int STEPS = 250;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 25);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void locksAreWhatTheBytesSay(long seed) throws Exception {
    new LockingRun(seed, true).run(STEPS);
  }

  @Test
  void locksThatAreNotHandedOverAreMissed() {
    assertThrows(
        AssertionError.class,
        () -> {
          for (long seed = 1; seed <= 10; seed++) {
            new LockingRun(seed, false).run(STEPS);
          }
        });
  }
}
