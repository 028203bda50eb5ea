package io.cairnfs.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A mount that a child process serves, to be killed and mounted again on the same directory. */
final class CrashMount implements AutoCloseable {

  /** The child's last argument if commits wait for their blocks. */
  static final String SAFE = "safe";

  /** Printed by the child when programs can use the mount. */
  static final String READY = "ready";

  /** Of the mount's operations. */
  static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** Long next to a commit, so that one that does not wait for its blocks is far ahead of them. */
  static final Duration PUT_DELAY = Duration.ofMillis(150);

  private static final String UNSAFE = "unsafe";
  private static final int HEAP_MEBIBYTES = 384;

  private final Class<?> main;
  private final List<String> arguments;
  private final String safety;
  private final Path directory;
  private final Path log;
  private @Nullable Process process;

  /**
   * @param main of the child
   * @param arguments of the child, before the mount point and the safety
   */
  CrashMount(Class<?> main, List<String> arguments, boolean safe) throws IOException {
    this.main = main;
    this.arguments = List.copyOf(arguments);
    safety = safe ? SAFE : UNSAFE;
    directory = RunDirectory.current().newDirectory("crash-mount");
    log = RunDirectory.current().newDirectory("crash-log").resolve("stderr");
  }

  /** Where it is mounted. */
  Path directory() {
    return directory;
  }

  void start() throws IOException {
    List<String> words = new ArrayList<>(arguments);
    words.add(directory.toString());
    words.add(safety);
    ProcessBuilder builder =
        new ProcessBuilder(JavaProcess.commandLine(HEAP_MEBIBYTES, main.getName(), words))
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Process started = RunDirectory.current().mark(builder).start();
    process = started;
    BufferedReader output = started.inputReader(StandardCharsets.UTF_8);
    String line = output.readLine();
    if (!READY.equals(line)) {
      throw new IOException("the mount did not start: " + line + "\n" + Files.readString(log));
    }
  }

  /** kill -9: what is mounted stays there dead until it is mounted again. */
  void kill() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      kill();
      new ProcessBuilder("umount", "-l", directory.toString()).start().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // what is left is the reaper's
    }
  }
}
