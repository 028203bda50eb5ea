package io.cairnfs.bench.system;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Everything that the benchmark leaves on the machine. What it makes lies in one directory; what it
 * starts carries that directory's name in its environment, and its target's. A {@link Reaper}
 * removes all of it, in whatever way this JVM ends.
 */
public final class Workspace implements AutoCloseable {

  private static final String TARGET_MARK = "CAIRN_BENCH_TARGET";
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private final Path path;
  private final Reaper reaper;

  private Workspace(Path path, Reaper reaper) {
    this.path = path;
    this.reaper = reaper;
  }

  /** Makes a workspace in a directory. */
  public static Workspace open(Path parent) throws IOException {
    Path path = Files.createTempDirectory(parent, "cairn-bench-").toRealPath();
    return new Workspace(path, Reaper.of(path));
  }

  /** Its directory. */
  public Path path() {
    return path;
  }

  /** A program that belongs to a target. */
  ProcessBuilder program(String target, List<String> words) {
    ProcessBuilder builder = new ProcessBuilder(words).directory(path.toFile());
    builder.environment().put(Reaper.MARK, path.toString());
    builder.environment().put(TARGET_MARK, target);
    return builder;
  }

  /** The processes of a target, also those that were detached from who started them. */
  Set<Long> processes(String target) throws IOException {
    Set<Long> found = new HashSet<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"))) {
      for (Path entry : all) {
        String name = String.valueOf(entry.getFileName());
        if (NUMBER.matcher(name).matches()) {
          long process = Long.parseLong(name);
          List<String> environment =
              List.of(ProcessFigures.read(process, "environ").orElse("").split("\0", -1));
          if (environment.contains(Reaper.MARK + "=" + path)
              && environment.contains(TARGET_MARK + "=" + target)) {
            found.add(process);
          }
        }
      }
    }
    return found;
  }

  /** Ends and removes everything now. */
  @Override
  public void close() throws IOException {
    reaper.close();
  }
}
