package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A mount is killed at random moments under load: what it leaves must be a point in its history.
 */
class CrashIT {

  private static final int SEEDS = 10;
  private static final int EXTENDED_SEEDS = 200;
  private static final int UNSAFE_SEEDS = 20;

  @Test
  void crashesLeaveAPointInHistory() throws Exception {
    crash(1, SEEDS);
  }

  @Test
  @Tag("extended")
  void manyCrashesLeaveAPointInHistory() throws Exception {
    crash(1000, EXTENDED_SEEDS);
  }

  private static void crash(long firstSeed, int seeds) throws Exception {
    try (CrashMount mount = newMount(true)) {
      mount.start();
      for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
        Optional<String> objection = new CrashTrial(mount, seed).objection(new Kill(mount));
        assertTrue(objection.isEmpty(), "seed " + seed + ": " + objection.orElse(""));
      }
    }
  }

  /** The twin: without the safeguard, the same test must notice. */
  @Test
  void commitsThatDoNotWaitForTheirBlocksAreNoticed() throws Exception {
    try (CrashMount mount = newMount(false)) {
      mount.start();
      for (long seed = 1; seed <= UNSAFE_SEEDS; seed++) {
        if (new CrashTrial(mount, seed).objection(new Kill(mount)).isPresent()) {
          return;
        }
      }
      fail("commits were sent before their blocks, and no crash showed it");
    }
  }

  private static CrashMount newMount(boolean safe) throws IOException {
    Path data = RunDirectory.current().newDirectory("crash-data");
    return new CrashMount(MountMain.class, List.of(data.toString()), safe);
  }

  /** Kills the process that has both the mount and the node. */
  private record Kill(CrashMount mount) implements CrashTrial.Disaster {

    @Override
    public void strike(Random random, Thread load) throws InterruptedException {
      mount.kill();
    }

    @Override
    public void recover() throws IOException {
      mount.start();
    }

    @Override
    public String toString() {
      return "killed";
    }
  }
}
