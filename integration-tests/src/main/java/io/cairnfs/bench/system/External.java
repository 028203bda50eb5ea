package io.cairnfs.bench.system;

import io.cairnfs.bench.load.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Any other file system, behind a program that does what its argument says: {@code up}, {@code
 * down}, {@code remount}, and {@code mountpoint}, {@code pids}, {@code cpu} (nanoseconds used so
 * far) and {@code disk} (bytes), which print. Nothing printed means unknown.
 */
public final class External implements Target {

  /** Some clusters take long to found. */
  private static final Duration CAP = Duration.ofMinutes(3);

  private static final double NANOS = 1e9;

  private final Workspace workspace;
  private final String name;
  private final Path script;

  /**
   * @param script the program
   */
  public External(Workspace workspace, String name, Path script) {
    this.workspace = workspace;
    this.name = name;
    this.script = script.toAbsolutePath();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<String> obstacle() {
    return Files.isExecutable(script)
        ? Optional.empty()
        : Optional.of(script + " is no program that may be run");
  }

  @Override
  public void up() throws IOException, InterruptedException {
    act("up");
  }

  @Override
  public Path mountpoint() throws IOException, InterruptedException {
    return Path.of(ask("mountpoint"));
  }

  @Override
  public void remount() throws IOException, InterruptedException {
    act("remount");
  }

  @Override
  public Set<Long> processes() throws IOException, InterruptedException {
    Set<Long> processes = new HashSet<>();
    Arrays.stream(ask("pids").split("\\s+", -1))
        .filter(word -> !word.isEmpty())
        .forEach(word -> processes.add(Long.valueOf(word)));
    return processes;
  }

  @Override
  public double cpuSeconds() throws IOException, InterruptedException {
    String nanos = ask("cpu");
    return nanos.isEmpty()
        ? ProcessFigures.cpuSeconds(processes())
        : Double.parseDouble(nanos) / NANOS;
  }

  @Override
  public long diskBytes() throws IOException, InterruptedException {
    String bytes = ask("disk");
    return bytes.isEmpty() ? 0 : Long.parseLong(bytes);
  }

  @Override
  public void down() throws IOException, InterruptedException {
    act("down");
  }

  private void act(String verb) throws IOException, InterruptedException {
    Command.seconds(program(verb), CAP, Set.of(0));
  }

  private String ask(String question) throws IOException, InterruptedException {
    return Command.output(program(question), CAP);
  }

  private ProcessBuilder program(String verb) {
    return workspace.program(name, List.of(script.toString(), verb));
  }
}
