package io.cairnfs.bench.system;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * A file system that is measured. It is down at first; between {@link #up} and {@link #down} it is
 * mounted. Calls come from one thread at a time; {@code down} may come from another one when the
 * benchmark is interrupted.
 */
public interface Target {

  /** The column of the table. */
  String name();

  /** Why it cannot be measured on this machine; empty if it can. */
  Optional<String> obstacle();

  /** Starts it without any content. */
  void up() throws IOException, InterruptedException;

  /** Where it is mounted. */
  Path mountpoint() throws IOException, InterruptedException;

  /** Mounts it anew, so that the client's caches are cold. */
  void remount() throws IOException, InterruptedException;

  /** Its processes, clients and servers; empty if it is in the kernel. */
  Set<Long> processes() throws IOException, InterruptedException;

  /**
   * CPU seconds that its processes have used. Only differences between two mounts mean anything.
   */
  double cpuSeconds() throws IOException, InterruptedException;

  /** What its data takes on disk. */
  long diskBytes() throws IOException, InterruptedException;

  /** Ends it and removes its data. Also works when it is down or {@code up} has failed. */
  void down() throws IOException, InterruptedException;
}
