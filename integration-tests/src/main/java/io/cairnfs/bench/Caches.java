package io.cairnfs.bench;

import io.cairnfs.bench.load.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The kernel's caches of files. */
interface Caches {

  /** Writes everything to disk. */
  void sync() throws IOException, InterruptedException;

  /** Forgets what is clean. */
  void drop() throws IOException;

  /** Those of this machine. */
  final class OfMachine implements Caches {

    private static final Path DROP = Path.of("/proc/sys/vm/drop_caches");
    private static final String PAGES_DENTRIES_AND_INODES = "3\n";
    private static final Duration SYNC_CAP = Duration.ofSeconds(60);

    /** Whether this user may drop them. */
    static boolean canDrop() {
      return Files.isWritable(DROP);
    }

    @Override
    public void sync() throws IOException, InterruptedException {
      Command.seconds(SYNC_CAP, "sync");
    }

    @Override
    public void drop() throws IOException {
      if (canDrop()) {
        Files.writeString(DROP, PAGES_DENTRIES_AND_INODES);
      }
    }
  }
}
