package io.cairnfs.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Everything that integration tests leave on the machine. What they make lies in one directory per
 * test JVM; what they start carries that directory's name in its environment. A small detached
 * process, the reaper, holds the other end of a pipe: when the JVM ends, in whatever way, it kills
 * the marked processes, unmounts what is mounted under the directory and removes it.
 */
final class RunDirectory implements AutoCloseable {

  /** The mark in the environment of every process that a test starts. */
  static final String MARK = "CAIRN_RUN_DIRECTORY";

  private static final String TEMPORARY = "tmp";
  private static final long REAP_SECONDS = 30;

  private static final class Current {
    static final RunDirectory INSTANCE = openUntilExit();
  }

  private final Path path;
  private final Process reaper;

  private RunDirectory(Path path, Process reaper) {
    this.path = path;
    this.reaper = reaper;
  }

  /** The one of this JVM. */
  static RunDirectory current() {
    return Current.INSTANCE;
  }

  static RunDirectory open() throws IOException {
    Path path = Files.createTempDirectory("cairn-it-").toRealPath();
    ProcessBuilder builder =
        new ProcessBuilder("setsid", "sh", "-c", script(), "reaper", path.toString())
            .directory(path.getRoot().toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().remove(MARK);
    Files.createDirectory(path.resolve(TEMPORARY));
    return new RunDirectory(path, builder.start());
  }

  Path path() {
    return path;
  }

  /** Where what is started has its temporary files. */
  Path temporary() {
    return path.resolve(TEMPORARY);
  }

  /** A new empty directory in it. */
  Path newDirectory(String prefix) throws IOException {
    return Files.createTempDirectory(path, prefix + "-");
  }

  /** Marks what will be started as the tests'. */
  ProcessBuilder mark(ProcessBuilder builder) {
    builder.environment().put(MARK, path.toString());
    return builder;
  }

  /** Removes everything now. */
  @Override
  public void close() throws IOException {
    reaper.getOutputStream().close();
    try {
      if (!reaper.waitFor(REAP_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("the leftovers in " + path + " could not be removed in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the reaper goes on by itself
    }
  }

  private static RunDirectory openUntilExit() {
    try {
      RunDirectory directory = open();
      Runtime.getRuntime().addShutdownHook(new Thread(directory::closeAtExit, "leftovers"));
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void closeAtExit() {
    try {
      close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String script() throws IOException {
    try (InputStream resource =
        Objects.requireNonNull(RunDirectory.class.getResourceAsStream("reaper.sh"))) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
