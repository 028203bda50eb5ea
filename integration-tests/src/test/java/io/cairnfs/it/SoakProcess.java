package io.cairnfs.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The load of a soak, in a process of its own for the reason that {@link VersionedProcess} has: on
 * each mount a writer of files of its own, and a reader of all files. When it is told to stop it
 * waits for the word that everything is whole again, and then reads all files on each mount.
 */
final class SoakProcess implements AutoCloseable {

  private static final int HEAP_MEBIBYTES = 192;
  private static final int FILES = 40;
  private static final long PAUSE_AFTER_ERROR_MILLIS = 50;

  /** Leaves some of the machine to the nodes, of which there are many. */
  private static final long PAUSE_MILLIS = 50;

  private static final String STOP = "stop";
  private static final Pattern ERRORS = Pattern.compile("([0-9]+) errors");

  private final Process process;

  /**
   * Starts it in a new directory.
   *
   * @param mounts the roots of a volume, as each mount shows it
   * @param timeoutSeconds how long the mounts may let a call wait
   */
  SoakProcess(List<Path> mounts, long seed, int timeoutSeconds) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of(Long.toString(seed), Integer.toString(timeoutSeconds)));
    for (Path mount : mounts) {
      arguments.add(mount.resolve("soak-" + seed).toString());
    }
    Files.createDirectory(Path.of(arguments.get(2)));
    process =
        JavaProcess.start(HEAP_MEBIBYTES, SoakProcess.class, arguments.toArray(String[]::new));
  }

  /** Nothing new is begun from now on. */
  void stop() throws IOException {
    process.outputWriter().write(STOP + "\n");
    process.outputWriter().flush();
  }

  /**
   * Has it read everything, now that the cluster is whole; fails if anything was ever wrong.
   *
   * @return how many calls failed
   */
  int finish() throws IOException, InterruptedException {
    process.outputWriter().close();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    System.out.print(said);
    assertEquals(0, process.waitFor(), "what is wrong is on standard error");
    Matcher errors = ERRORS.matcher(said);
    assertTrue(errors.find(), said);
    return Integer.parseInt(errors.group(1));
  }

  /** Ends it at once, before its mounts go: what is not there then would look lost. */
  @Override
  public void close() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // what is left is the reaper's
    }
  }

  /** The load itself. */
  private static final class Load {

    private final List<Path> directories;
    private final List<List<SoakFile>> files = new ArrayList<>();
    private final List<FutureTask<Boolean>> programs = new ArrayList<>();
    private final AtomicLong longestNanos = new AtomicLong();
    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger errors = new AtomicInteger();
    private volatile boolean stopped;

    Load(long seed, List<Path> directories) {
      this.directories = directories;
      for (int mount = 0; mount < directories.size(); mount++) {
        List<SoakFile> own = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
          own.add(new SoakFile(seed, "m" + mount + "-" + i, longestNanos));
        }
        files.add(own);
      }
      for (int mount = 0; mount < directories.size(); mount++) {
        Path directory = directories.get(mount);
        List<SoakFile> own = files.get(mount);
        start(
            writes,
            new Random(seed * 100 + mount),
            random -> own.get(random.nextInt(FILES)).write(directory));
        start(
            reads,
            new Random(seed * 100 + 50 + mount),
            random ->
                files.get(random.nextInt(files.size())).get(random.nextInt(FILES)).read(directory));
      }
    }

    /** What one program does again and again. */
    private interface Step {
      void take(Random random) throws IOException;
    }

    private void start(AtomicInteger done, Random random, Step step) {
      FutureTask<Boolean> task =
          new FutureTask<>(
              () -> {
                while (!stopped) {
                  try {
                    step.take(random);
                    done.incrementAndGet();
                    Thread.sleep(PAUSE_MILLIS);
                  } catch (IOException e) {
                    if (errors.incrementAndGet() <= 5) {
                      System.out.println("  " + e);
                    }
                    Thread.sleep(PAUSE_AFTER_ERROR_MILLIS);
                  }
                }
                return true;
              });
      programs.add(task);
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                task.run();
                if (task.state() == FutureTask.State.FAILED) {
                  task.exceptionNow().printStackTrace();
                  System.exit(1);
                }
              });
    }

    void stop() {
      stopped = true;
    }

    void finish(int timeoutSeconds) throws Exception {
      for (FutureTask<Boolean> program : programs) {
        program.get(3L * timeoutSeconds, TimeUnit.SECONDS);
      }
      System.out.printf(
          "%d writes, %d reads, %d errors, longest call %.1f s%n",
          writes.get(), reads.get(), errors.get(), longestNanos.get() / 1e9);
      for (Path directory : directories) {
        for (List<SoakFile> own : files) {
          for (SoakFile file : own) {
            file.read(directory);
          }
        }
      }
      if (longestNanos.get() > TimeUnit.SECONDS.toNanos(timeoutSeconds + 2)) {
        throw new AssertionError("a call took longer than the mount's timeout");
      }
    }
  }

  /** Arguments: a seed, the mounts' timeout, and one directory as each mount shows it. */
  public static void main(String[] arguments) throws Exception {
    List<Path> directories = new ArrayList<>();
    for (String argument : List.of(arguments).subList(2, arguments.length)) {
      directories.add(Path.of(argument));
    }
    Load load = new Load(Long.parseLong(arguments[0]), directories);
    int read = System.in.read();
    load.stop();
    while (read >= 0) {
      read = System.in.read();
    }
    load.finish(Integer.parseInt(arguments[1]));
    System.exit(0);
  }
}
