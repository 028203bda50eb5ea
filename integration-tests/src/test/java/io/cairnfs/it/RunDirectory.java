package io.cairnfs.it;

import io.cairnfs.bench.system.Reaper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Everything that integration tests leave on the machine. What they make lies in one directory per
 * test JVM; what they start carries that directory's name in its environment. A {@link Reaper}
 * removes all of it, in whatever way the JVM ends.
 */
final class RunDirectory implements AutoCloseable {

  private static final String TEMPORARY = "tmp";

  private static final class Current {
    static final RunDirectory INSTANCE = openUntilExit();
  }

  private final Path path;
  private final Reaper reaper;

  private RunDirectory(Path path, Reaper reaper) {
    this.path = path;
    this.reaper = reaper;
  }

  /** The one of this JVM. */
  static RunDirectory current() {
    return Current.INSTANCE;
  }

  static RunDirectory open() throws IOException {
    Path path = Files.createTempDirectory("cairn-it-").toRealPath();
    Files.createDirectory(path.resolve(TEMPORARY));
    return new RunDirectory(path, Reaper.of(path));
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
    builder.environment().put(Reaper.MARK, path.toString());
    return builder;
  }

  /** Removes everything now; what is started afterwards goes when this JVM ends. */
  @Override
  public void close() throws IOException {
    reaper.close();
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
}
