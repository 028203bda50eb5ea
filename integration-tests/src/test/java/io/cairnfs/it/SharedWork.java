package io.cairnfs.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Runs something on several mounts at once. */
final class SharedWork {

  private static final long PATIENCE_SECONDS = 600;

  private SharedWork() {}

  /** What one of the programs does. */
  interface Program {
    void run(int number, Path directory) throws Exception;
  }

  /** Runs a program on each of the mounts at the same time; fails if one fails. */
  static void inParallel(List<Path> mounts, Program program) throws Exception {
    List<FutureTask<Boolean>> tasks = new ArrayList<>();
    for (int i = 0; i < mounts.size(); i++) {
      int number = i;
      FutureTask<Boolean> task =
          new FutureTask<>(
              () -> {
                program.run(number, mounts.get(number));
                return true;
              });
      tasks.add(task);
      Thread.ofPlatform().daemon().start(task);
    }
    for (FutureTask<Boolean> task : tasks) {
      try {
        task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        throw new AssertionError(e.getCause());
      }
    }
  }
}
