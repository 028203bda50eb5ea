package io.cairnfs.bench.system;

import io.cairnfs.bench.load.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What targets on this machine have in common: a directory of their own with the data and the mount
 * point in it, and processes that carry their mark.
 */
abstract class Mounted implements Target {

  /** Of each command that starts, mounts or unmounts. */
  static final Duration COMMAND_CAP = Duration.ofSeconds(90);

  private static final long POLL_MILLIS = 50;

  /** For a process that was told to end. */
  private static final long END_SECONDS = 15;

  private static final int MOUNT_POINT_FIELD = 4;

  private final Workspace workspace;
  private final String name;

  Mounted(Workspace workspace, String name) {
    this.workspace = workspace;
    this.name = name;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public Optional<String> obstacle() {
    return Optional.empty();
  }

  /** Where everything of this target is. */
  final Path directory() {
    return workspace.path().resolve(name);
  }

  /** Where its data is. */
  final Path data() {
    return directory().resolve("data");
  }

  @Override
  public Path mountpoint() {
    return directory().resolve("mnt");
  }

  @Override
  public final void up() throws IOException, InterruptedException {
    Files.createDirectories(data());
    Files.createDirectories(mountpoint());
    start();
    mount();
  }

  /** Starts servers; none by default. */
  void start() throws IOException, InterruptedException {}

  abstract void mount() throws IOException, InterruptedException;

  abstract void unmount() throws IOException, InterruptedException;

  @Override
  public void remount() throws IOException, InterruptedException {
    unmount();
    mount();
  }

  @Override
  public final Set<Long> processes() throws IOException {
    return workspace.processes(name);
  }

  @Override
  public final double cpuSeconds() throws IOException {
    return ProcessFigures.cpuSeconds(processes());
  }

  @Override
  public final long diskBytes() throws IOException, InterruptedException {
    String line = Command.output(new ProcessBuilder("du", "-sB1", data().toString()), COMMAND_CAP);
    return Long.parseLong(line.split("\t", 2)[0]);
  }

  @Override
  public void down() throws IOException, InterruptedException {
    if (isMounted()) {
      unmountLazily();
    }
    kill();
    Command.seconds(COMMAND_CAP, "rm", "-rf", "--one-file-system", directory().toString());
  }

  final void unmountLazily() throws IOException, InterruptedException {
    Command.seconds(COMMAND_CAP, "umount", "-l", mountpoint().toString());
  }

  /** Ends the processes; those that do not listen are killed. */
  private void kill() throws IOException, InterruptedException {
    for (boolean force : new boolean[] {false, true}) {
      for (long process : processes()) {
        Optional<ProcessHandle> handle = ProcessHandle.of(process);
        handle.ifPresent(force ? ProcessHandle::destroyForcibly : ProcessHandle::destroy);
      }
      if (processesEnd()) {
        return;
      }
    }
    throw new IOException("processes of " + name + " do not end: " + processes());
  }

  /** Waits for a bounded time until no process is left; whether that came true. */
  final boolean processesEnd() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
    while (!processes().isEmpty()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(POLL_MILLIS);
    }
    return true;
  }

  /** Runs a program of this target to its end, which may leave others in the background. */
  final void run(String... words) throws IOException, InterruptedException {
    Command.seconds(program(words), COMMAND_CAP, Set.of(0));
  }

  final ProcessBuilder program(String... words) {
    return configure(workspace.program(name, List.of(words)));
  }

  /** Adds what all programs of this target need in their environment. */
  ProcessBuilder configure(ProcessBuilder builder) {
    return builder;
  }

  final boolean isMounted() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .map(line -> line.split(" ", -1)[MOUNT_POINT_FIELD])
        .anyMatch(mountpoint().toString()::equals);
  }

  static Optional<String> missingProgram(String program) {
    for (String directory : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      if (Files.isExecutable(Path.of(directory, program))) {
        return Optional.empty();
      }
    }
    return Optional.of(program + " is not installed");
  }
}
