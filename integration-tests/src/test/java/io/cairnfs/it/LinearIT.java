package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.cairnfs.it.linear.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What programs do to names in shared directories is linearizable. */
@Timeout(300)
final class LinearIT {

  private static final int PROGRAMS = 4;
  private static final int CALLS_EACH = 2_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void programsOnOneMount() throws Exception {
    try (TestMount mount = TestMount.embedded(Cairn.embedded())) {
      List<Path> same = Collections.nCopies(PROGRAMS, mount.directory());
      LinearRun run = new LinearRun(same, 1, CALLS_EACH, target -> target);
      run.await(PATIENCE);
      assertInstanceOf(Verdict.Linearizable.class, run.finish(PATIENCE));
      mount.unmount();
    }
  }
}
