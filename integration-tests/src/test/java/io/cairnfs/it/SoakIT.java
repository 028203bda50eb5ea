package io.cairnfs.it;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Seven nodes under load from two mounts to which everything happens that does: nothing is lost, no
 * byte is wrong, no call takes longer than it may, and the cluster becomes whole by itself. {@code
 * bin/soak} runs it for as long as it is told; {@code -Dcairn.soak.kinds=} leaves only the faults
 * that the expression matches.
 */
final class SoakIT {

  private static final long SEED = Long.getLong("cairn.soak.seed", 1);
  private static final long MINUTES = Long.getLong("cairn.soak.minutes", 2);

  @Test
  @Tag("extended")
  @Timeout(36_000)
  void asLongAsAsked() throws Exception {
    soak(SEED, Duration.ofMinutes(MINUTES));
  }

  /** Its nodes are killed, restarted, paused, cut from a mount, wiped, and their clocks jump. */
  @Test
  @Timeout(600)
  void forHalfAMinute() throws Exception {
    soak(1, Duration.ofSeconds(30));
  }

  private static void soak(long seed, Duration duration) throws Exception {
    System.out.println("seed " + seed + ", " + duration);
    try (SoakScene scene = new SoakScene()) {
      try {
        soak(scene, seed, duration);
      } catch (Exception | AssertionError e) {
        scene.keepLogs(Path.of("target", "soak-" + seed));
        throw e;
      }
    }
  }

  private static void soak(SoakScene scene, long seed, Duration duration) throws Exception {
    try (SoakProcess load = new SoakProcess(scene.directories(), seed, SoakScene.TIMEOUT_SECONDS)) {
      new SoakFaults(scene, seed).run(duration);
      load.stop();
      System.out.printf("whole again after %.1f s%n", scene.awaitWhole());
      load.finish();
    }
    for (TestMount mount : scene.mounts()) {
      mount.unmount();
    }
    scene.user().run("fsck", "soak", "--read").expect(0);
  }
}
