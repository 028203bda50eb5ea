package io.cairnfs.node.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random clients and a head that crashes, against what a history must be; see {@link
 * HeadSimulation}. The name of a run is its seed.
 */
final class HeadModelTest {

  private static final int STEPS = 500;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 15);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void historyIsWhatItMustBe(long seed) throws IOException {
    HeadSimulation simulation = new HeadSimulation(seed);
    simulation.run(STEPS);
    // A run in which nothing happened would prove nothing.
    assertTrue(simulation.history().size() > STEPS / 10, simulation::figures);
    assertTrue(simulation.crashes() > 5, simulation::figures);
    assertTrue(simulation.repeats() > 5, simulation::figures);
    assertTrue(simulation.takeovers() > 0, simulation::figures);
  }

  @Test
  void theSameSeedGivesTheSameRun() throws IOException {
    HeadSimulation first = new HeadSimulation(99);
    HeadSimulation second = new HeadSimulation(99);
    first.run(STEPS);
    second.run(STEPS);
    assertEquals(first.figures(), second.figures());
    assertEquals(first.history().getLast().body().length, second.history().getLast().body().length);
  }
}
