package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * All nodes and all mounts are killed at once, under load from each mount: what each program did is
 * there up to a point in its history, at or after what it synced, and all mounts show the same.
 */
final class SharedCrashIT {

  private static final int MOUNTS = 3;
  private static final int MAX_STEPS = 100_000;
  private static final int MAX_MILLIS = 5_000;

  @Test
  @Timeout(600)
  void crashesLeaveAPointInHistory() throws Exception {
    crash(1, 1);
  }

  @Test
  @Tag("extended")
  @Timeout(3600)
  void manyCrashesLeaveAPointInHistory() throws Exception {
    crash(1000, 30);
  }

  private static void crash(long firstSeed, int seeds) throws Exception {
    try (SharedScene scene = SharedScene.open(MOUNTS)) {
      for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
        crash(scene, seed);
      }
    }
  }

  private static void crash(SharedScene scene, long seed) throws Exception {
    int millis = new Random(seed).nextInt(MAX_MILLIS);
    System.out.println("seed " + seed + ": everything dies after " + millis + " ms");
    List<CrashWorkload> loads = new ArrayList<>();
    List<Thread> programs = new ArrayList<>();
    for (int number = 0; number < MOUNTS; number++) {
      Path root = scene.directories().get(number);
      Path directory = Files.createDirectory(root.resolve(name(seed, number)));
      try (FileChannel channel = FileChannel.open(root)) {
        channel.force(true);
      }
      CrashWorkload load = new CrashWorkload(directory, seed * MOUNTS + number);
      loads.add(load);
      programs.add(Thread.ofPlatform().name("load-" + number).start(() -> load.run(MAX_STEPS)));
    }
    TimeUnit.MILLISECONDS.sleep(millis);
    scene.strike();
    for (Thread program : programs) {
      program.join();
    }
    scene.recover();
    for (int number = 0; number < MOUNTS; number++) {
      CrashHistory history = loads.get(number).history();
      System.out.println("seed " + seed + ": " + history.nextStep() + " steps");
      for (Path root : scene.directories()) {
        assertEquals(
            Optional.empty(),
            history.objection(CrashWorkload.look(root.resolve(name(seed, number)))),
            () -> "seed " + seed + " seen from " + root);
      }
    }
  }

  private static String name(long seed, int number) {
    return "seed" + seed + "-" + number;
  }
}
