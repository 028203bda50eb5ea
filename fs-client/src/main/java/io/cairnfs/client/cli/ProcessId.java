package io.cairnfs.client.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A process for ever: its number, which is used again after its end, with its start time, as /proc
 * tells it (proc_pid_stat(5)).
 *
 * @param startTicks since the machine's start
 */
record ProcessId(long pid, long startTicks) {

  /** Counted after the name, which may hold blanks: the state is the first. */
  private static final int START_TIME_FIELD = 19;

  private static final long POLL_MILLIS = 20;

  static ProcessId current() throws IOException {
    ProcessId current = of(ProcessHandle.current().pid());
    if (current == null) {
      throw new IOException("/proc does not show this process: is it mounted?");
    }
    return current;
  }

  /**
   * The running process with this number; null if there is none. One that only waits to be
   * collected does not run.
   */
  static @Nullable ProcessId of(long pid) throws IOException {
    String stat;
    try {
      Path file = Path.of("/proc", Long.toString(pid), "stat");
      stat = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      if (Files.exists(Path.of("/proc", Long.toString(pid)))) {
        throw e;
      }
      return null; // it ended while it was looked at
    }
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return fields[0].equals("Z")
        ? null
        : new ProcessId(pid, Long.parseLong(fields[START_TIME_FIELD]));
  }

  boolean isRunning() throws IOException {
    return equals(of(pid));
  }

  /** Waits for its end, at most for so long; says whether it ended. */
  boolean awaitEnd(Duration patience) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (isRunning()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      Thread.sleep(POLL_MILLIS);
    }
    return true;
  }
}
