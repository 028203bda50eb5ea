package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same random operations on a mount and on a plain local directory: every answer is compared,
 * and now and then both trees. A seed that fails prints the operations that led there.
 */
@Timeout(7200)
final class ModelIT {

  private static final int STEPS = 10_000;
  private static final int EXTENDED_STEPS = 1_000_000;
  private static final int COMPARE_EVERY = 200;
  private static final int COMPARE_SELDOM = 2_000; // it takes as long as a thousand operations
  private static final int REMOUNT_EVERY = 4_000;
  private static final int PRINTED = 2_000;

  @ParameterizedTest
  @ValueSource(longs = 1)
  void behavesLikeALocalDirectory(long seed) throws Exception {
    run(seed, STEPS, COMPARE_EVERY);
  }

  @ParameterizedTest
  @Tag("extended")
  @ValueSource(longs = 2)
  void behavesLikeALocalDirectoryForLong(long seed) throws Exception {
    run(seed, EXTENDED_STEPS, COMPARE_SELDOM);
  }

  private static void run(long seed, int steps, int compareEvery) throws Exception {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Deque<String> history = new ArrayDeque<>();
    try (ModelCalls calls = new ModelCalls();
        TestMount mount = TestMount.embedded(Cairn.embedded())) {
      calls.callInt("umask", 022);
      ModelDirectory local =
          new ModelDirectory(calls, RunDirectory.current().newDirectory("local"));
      ModelDirectory mounted = new ModelDirectory(calls, mount.directory());
      ModelTree trees = new ModelTree(calls, local, mounted);
      for (int step = 1; step <= steps; step++) {
        ModelOperation operation = ModelOperation.random(random);
        String expected = operation.run(local);
        String answered = operation.run(mounted);
        history.add(step + " " + operation + " -> " + answered);
        if (history.size() > PRINTED) {
          history.remove();
        }
        String difference = expected.equals(answered) ? null : expected + " and " + answered;
        if (difference == null && step % REMOUNT_EVERY == 0) {
          local.closeAll();
          mounted.closeAll();
          mount.unmount();
          mount.remount();
        }
        if (difference == null && step % compareEvery == 0) {
          difference = trees.difference();
        }
        if (difference != null) {
          history.forEach(System.out::println);
          fail("seed " + seed + " step " + step + ": " + operation + ": " + difference);
        }
      }
      local.closeAll();
      mounted.closeAll();
      mount.unmount();
    }
  }
}
