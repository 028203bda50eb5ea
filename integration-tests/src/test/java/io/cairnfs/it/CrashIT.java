package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A mount is killed at random moments under load: what it leaves must be a point in its history.
 */
class CrashIT {

  private static final int SEEDS = 10;
  private static final int EXTENDED_SEEDS = 200;
  private static final int UNSAFE_SEEDS = 20;
  private static final int MAX_STEPS = 100_000;
  private static final int MAX_MILLIS = 2500;
  private static final int HEAP_MEBIBYTES = 384;

  private Path data;
  private Path mountPoint;
  private @Nullable Process mount;

  @BeforeEach
  void prepare() throws IOException {
    data = RunDirectory.current().newDirectory("crash-data");
    mountPoint = RunDirectory.current().newDirectory("crash-mount");
  }

  @AfterEach
  void end() throws Exception {
    kill();
    new ProcessBuilder("umount", "-l", mountPoint.toString()).start().waitFor();
  }

  @Test
  void crashesLeaveAPointInHistory() throws Exception {
    crash(1, SEEDS);
  }

  @Test
  @Tag("extended")
  void manyCrashesLeaveAPointInHistory() throws Exception {
    crash(1000, EXTENDED_SEEDS);
  }

  private void crash(long firstSeed, int seeds) throws Exception {
    start("safe");
    for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
      Optional<String> objection = runAndKill(seed, "safe");
      assertTrue(objection.isEmpty(), "seed " + seed + ": " + objection.orElse(""));
    }
  }

  /** The twin: without the safeguard, the same test must notice. */
  @Test
  void commitsThatDoNotWaitForTheirBlocksAreNoticed() throws Exception {
    start("unsafe");
    for (long seed = 1; seed <= UNSAFE_SEEDS; seed++) {
      if (runAndKill(seed, "unsafe").isPresent()) {
        return;
      }
    }
    fail("commits were sent before their blocks, and no crash showed it");
  }

  /** Runs the load on a running mount, kills it, mounts again, and looks. */
  private Optional<String> runAndKill(long seed, String safety) throws Exception {
    Random random = new Random(seed);
    int millis = random.nextInt(MAX_MILLIS);
    System.out.println("seed " + seed + ": killed after " + millis + " ms");
    Path directory = Files.createDirectory(mountPoint.resolve("seed" + seed));
    fsync(mountPoint);
    CrashWorkload load = new CrashWorkload(directory, seed);
    Thread program = Thread.ofPlatform().name("load").start(() -> load.run(MAX_STEPS));
    TimeUnit.MILLISECONDS.sleep(millis);
    kill();
    program.join();
    start(safety);
    Optional<String> objection = load.history().objection(CrashWorkload.look(directory));
    System.out.println("seed " + seed + ": " + load.history().nextStep() + " steps");
    return objection;
  }

  private void kill() throws InterruptedException {
    if (mount != null) {
      mount.destroyForcibly().waitFor();
    }
  }

  private static void fsync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory)) {
      channel.force(true);
    }
  }

  private void start(String safety) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            JavaProcess.commandLine(
                HEAP_MEBIBYTES,
                MountMain.class.getName(),
                List.of(data.toString(), mountPoint.toString(), safety)));
    builder.redirectError(data.resolve("stderr").toFile());
    Process started = RunDirectory.current().mark(builder).start();
    mount = started;
    BufferedReader output = started.inputReader(StandardCharsets.UTF_8);
    String line = output.readLine();
    if (!MountMain.READY.equals(line)) {
      fail("the mount did not start: " + line + "\n" + Files.readString(data.resolve("stderr")));
    }
  }
}
