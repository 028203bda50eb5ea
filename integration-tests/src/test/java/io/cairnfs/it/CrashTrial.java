package io.cairnfs.it;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** One life of a mount under load, from a seed, and what its end left. */
final class CrashTrial {

  private static final int MAX_STEPS = 100_000;
  private static final int MAX_MILLIS = 2500;

  /** Something that goes wrong under load. */
  interface Disaster {

    /**
     * Happens; the mount is dead when it returns.
     *
     * @param load ends at its first error
     */
    void strike(Random random, Thread load) throws Exception;

    /** Makes everything run again. */
    void recover() throws Exception;
  }

  private final CrashMount mount;
  private final long seed;

  CrashTrial(CrashMount mount, long seed) {
    this.mount = mount;
    this.seed = seed;
  }

  /** Whether what is there afterwards is no point in history; if so, why. */
  Optional<String> objection(Disaster disaster) throws Exception {
    Random random = new Random(seed);
    int millis = random.nextInt(MAX_MILLIS);
    System.out.println("seed " + seed + ": " + disaster + " after " + millis + " ms");
    Path directory = Files.createDirectory(mount.directory().resolve("seed" + seed));
    fsync(mount.directory());
    CrashWorkload load = new CrashWorkload(directory, seed);
    Thread program = Thread.ofPlatform().name("load").start(() -> load.run(MAX_STEPS));
    TimeUnit.MILLISECONDS.sleep(millis);
    disaster.strike(random, program);
    program.join();
    disaster.recover();
    Optional<String> objection = load.history().objection(CrashWorkload.look(directory));
    System.out.println("seed " + seed + ": " + load.history().nextStep() + " steps");
    return objection;
  }

  private static void fsync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory)) {
      channel.force(true);
    }
  }
}
