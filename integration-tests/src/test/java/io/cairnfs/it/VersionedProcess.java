package io.cairnfs.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link VersionedRun} in a process of its own. The JVM of the test must not have files of its
 * own on mounts that it lets fail: every process that it starts would close them, and wait for
 * that.
 */
final class VersionedProcess {

  private static final int HEAP_MEBIBYTES = 128;
  private static final String STOP = "stop";

  /** For the calls that are under way. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Process process;

  /**
   * Starts it in a new directory.
   *
   * @param mounts the roots of a volume, as each mount shows it
   */
  VersionedProcess(List<Path> mounts, long seed) throws IOException {
    List<String> directories = new ArrayList<>();
    for (Path mount : mounts) {
      directories.add(mount.resolve("versions-" + seed).toString());
    }
    Files.createDirectory(Path.of(directories.getFirst()));
    process =
        JavaProcess.start(
            HEAP_MEBIBYTES, VersionedProcess.class, directories.toArray(String[]::new));
  }

  /** Nothing new is begun from now on. */
  void stop() throws IOException {
    process.outputWriter().write(STOP + "\n");
    process.outputWriter().flush();
  }

  /** Ends it, and fails if it saw what must not be. */
  void finish() throws IOException, InterruptedException {
    process.outputWriter().close();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    System.out.print(said);
    assertEquals(0, process.waitFor(), "what is wrong is on standard error");
  }

  /** Arguments: one directory, as each mount shows it. */
  public static void main(String[] arguments) throws Exception {
    List<Path> directories = new ArrayList<>();
    for (String argument : arguments) {
      directories.add(Path.of(argument));
    }
    VersionedRun run = new VersionedRun(directories);
    int read = System.in.read();
    run.stop();
    while (read >= 0) {
      read = System.in.read();
    }
    run.finish(PATIENCE);
    System.exit(0);
  }
}
