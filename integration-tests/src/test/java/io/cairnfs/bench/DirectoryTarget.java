package io.cairnfs.bench;

import io.cairnfs.bench.system.ProcessFigures;
import io.cairnfs.bench.system.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A directory that has a process, this one, so that every row has a value. */
final class DirectoryTarget implements Target {

  private final String name;
  private final Path directory;
  int remounts;
  boolean up;

  DirectoryTarget(String name, Path directory) {
    this.name = name;
    this.directory = directory;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<String> obstacle() {
    return Optional.empty();
  }

  @Override
  public void up() {
    up = true;
  }

  @Override
  public Path mountpoint() {
    return directory;
  }

  @Override
  public void remount() {
    remounts++;
  }

  @Override
  public Set<Long> processes() {
    return Set.of(ProcessHandle.current().pid());
  }

  @Override
  public double cpuSeconds() {
    return ProcessFigures.cpuSeconds(processes());
  }

  @Override
  public long diskBytes() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Override
  public void down() {
    up = false;
  }
}
