package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.cairnfs.it.linear.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The check of linearizability on a plain local directory: what the kernel does is accepted, what
 * only looks like it is not.
 */
@Timeout(120)
final class LinearLocalTest {

  private static final int PROGRAMS = 4;
  private static final int CALLS_EACH = 2_500;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static Verdict run(long seed, UnaryOperator<LinearTarget> wrapper) throws Exception {
    Path directory = RunDirectory.current().newDirectory("linear");
    List<Path> same = Collections.nCopies(PROGRAMS, directory);
    LinearRun run = new LinearRun(same, seed, CALLS_EACH, wrapper);
    run.await(PATIENCE);
    return run.finish(PATIENCE);
  }

  @Test
  void aLocalDirectoryIsLinearizable() throws Exception {
    for (long seed = 1; seed <= 3; seed++) {
      assertInstanceOf(Verdict.Linearizable.class, run(seed, target -> target));
    }
  }

  @Test
  void rememberedAttributesAreNoticed() throws Exception {
    Duration staleness = Duration.ofMillis(5);
    assertInstanceOf(Verdict.Violation.class, run(4, target -> new LinearStale(target, staleness)));
  }
}
