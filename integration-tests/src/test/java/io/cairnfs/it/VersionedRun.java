package io.cairnfs.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A writer on each mount with a file of its own, and a reader on each for the files of the others;
 * what fails is tried again. Runs in a process of its own, {@link VersionedProcess}.
 */
final class VersionedRun {

  private static final int SYNC_EVERY = 3;
  private static final Duration PAUSE_AFTER_ERROR = Duration.ofMillis(50);

  private final List<Path> directories;
  private final List<VersionedFile> files = new ArrayList<>();
  private final List<FutureTask<Boolean>> programs = new ArrayList<>();
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger errors = new AtomicInteger();
  private volatile boolean stopped;

  /**
   * Starts them.
   *
   * @param directories one directory, as each mount shows it
   */
  VersionedRun(List<Path> directories) {
    this.directories = List.copyOf(directories);
    for (int i = 0; i < directories.size(); i++) {
      files.add(new VersionedFile("file" + i, i % 2 == 1));
    }
    for (int i = 0; i < directories.size(); i++) {
      int own = i;
      start(step -> files.get(own).write(directories.get(own), step % SYNC_EVERY == 0));
      start(step -> read(own, step));
    }
  }

  /** What one program does again and again. */
  private interface Program {
    void step(int number) throws IOException;
  }

  private void start(Program program) {
    FutureTask<Boolean> task =
        new FutureTask<>(
            () -> {
              for (int step = 0; !stopped; step++) {
                try {
                  program.step(step);
                } catch (IOException e) {
                  errors.incrementAndGet();
                  Thread.sleep(PAUSE_AFTER_ERROR);
                }
              }
              return true;
            });
    programs.add(task);
    Thread.ofPlatform().daemon().start(task);
  }

  private void read(int own, int step) throws IOException {
    int other = (own + 1 + step % (files.size() - 1)) % files.size();
    files.get(other).read(directories.get(own));
    reads.incrementAndGet();
  }

  /** Whatever is asked of it from now on is the last. */
  void stop() {
    stopped = true;
  }

  /**
   * Ends the programs, fails if one of them saw what must not be, and reads everything once more on
   * each mount.
   *
   * @param patience for the calls that are under way
   */
  void finish(Duration patience) throws Exception {
    stop();
    for (FutureTask<Boolean> program : programs) {
      try {
        program.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        throw new AssertionError("a call does not end", e);
      } catch (ExecutionException e) {
        throw new AssertionError(e.getCause());
      }
    }
    System.out.println(files + ", " + reads + " reads, " + errors + " errors");
    for (VersionedFile file : files) {
      assertTrue(file.closed() > 0, () -> file + ": nothing was written");
      for (Path directory : directories) {
        file.readSynced(directory);
      }
    }
  }
}
