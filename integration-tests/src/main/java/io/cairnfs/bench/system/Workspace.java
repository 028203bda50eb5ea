package io.cairnfs.bench.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Everything that the benchmark leaves on the machine. What it makes lies in one directory; what it
 * starts carries that directory's name in its environment, and its target's. A detached process
 * waits for the end of this JVM, in whatever way, kills the marked processes, unmounts what is
 * mounted under the directory and removes it.
 */
public final class Workspace implements AutoCloseable {

  /** The reaper kills processes that carry this with the directory's name. */
  private static final String RUN_MARK = "CAIRN_RUN_DIRECTORY";

  private static final String TARGET_MARK = "CAIRN_BENCH_TARGET";
  private static final String REAPER = "/io/cairnfs/it/reaper.sh";
  private static final long REAP_SECONDS = 60;
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private final Path path;
  private final Process reaper;

  private Workspace(Path path, Process reaper) {
    this.path = path;
    this.reaper = reaper;
  }

  /** Makes a workspace in a directory. */
  public static Workspace open(Path parent) throws IOException {
    Path path = Files.createTempDirectory(parent, "cairn-bench-").toRealPath();
    ProcessBuilder builder =
        new ProcessBuilder("setsid", "sh", "-c", script(), "reaper", path.toString())
            .directory(Path.of("/").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().remove(RUN_MARK);
    return new Workspace(path, builder.start());
  }

  /** Its directory. */
  public Path path() {
    return path;
  }

  /** A program that belongs to a target. */
  ProcessBuilder program(String target, List<String> words) {
    ProcessBuilder builder = new ProcessBuilder(words).directory(path.toFile());
    builder.environment().put(RUN_MARK, path.toString());
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
          if (environment.contains(RUN_MARK + "=" + path)
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
    reaper.getOutputStream().close();
    try {
      if (!reaper.waitFor(REAP_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("not everything in " + path + " could be removed in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the reaper goes on by itself
    }
  }

  private static String script() throws IOException {
    try (InputStream resource =
        Objects.requireNonNull(Workspace.class.getResourceAsStream(REAPER), REAPER)) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
