package io.cairnfs.bench.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A small detached process that removes what this JVM leaves on the machine. It holds the other end
 * of a pipe: when the JVM ends, in whatever way, or asks, it kills the processes that carry the
 * directory's name in their environment, unmounts what is mounted under the directory and removes
 * it. Thread-safe.
 */
public final class Reaper implements AutoCloseable {

  /** The mark in the environment of every process that is to go with a directory. */
  public static final String MARK = "CAIRN_RUN_DIRECTORY";

  private static final long REAP_SECONDS = 60;
  private static final long POLL_MILLIS = 20;

  private final Path directory;
  private final Process process;

  private Reaper(Path directory, Process process) {
    this.directory = directory;
    this.process = process;
  }

  /** Starts one for a directory. */
  public static Reaper of(Path directory) throws IOException {
    String jvm = Long.toString(ProcessHandle.current().pid());
    ProcessBuilder builder =
        new ProcessBuilder("setsid", "sh", "-c", script(), "reaper", directory.toString(), jvm)
            .directory(directory.getRoot().toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().remove(MARK);
    return new Reaper(directory, builder.start());
  }

  private static String script() throws IOException {
    try (InputStream resource =
        Objects.requireNonNull(Reaper.class.getResourceAsStream("reaper.sh"))) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /**
   * Has everything removed now; what is started and marked afterwards goes when this JVM ends.
   *
   * @throws IOException if something is left after a minute
   */
  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(REAP_SECONDS);
    try {
      while (Files.exists(directory)) { // which it removes last
        if (System.nanoTime() > deadline) {
          throw new IOException("not everything in " + directory + " could be removed in time");
        }
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the reaper goes on by itself
    }
  }
}
