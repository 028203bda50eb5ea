package io.cairnfs.node.data;

import io.cairnfs.protocol.identity.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers whom the join token brought in, one identity a line, so that they stay members when the
 * token is changed. An operator may remove lines while the node is down. Thread-safe.
 */
public final class AdmittedFile implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AdmittedFile.class);

  private final Path file;

  /**
   * Writing waits for the disk, and admission happens on I/O threads. One write takes all who came
   * within a second: a crowd that has the token shall not take the disk's syncs from those who
   * store, and whoever is lost by a crash comes in by the token again.
   */
  private static final long GATHER_MILLIS = 1000;

  private final ScheduledThreadPoolExecutor writer =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("cairn-admitted").factory());

  private final Queue<NodeId> unwritten = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  public AdmittedFile(Path file) {
    this.file = file;
    writer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * @throws IOException if the file cannot be read or a line is no identity
   */
  public Set<NodeId> read() throws IOException {
    Set<NodeId> admitted = new HashSet<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        if (!line.isBlank()) {
          admitted.add(parse(line.strip()));
        }
      }
    }
    return admitted;
  }

  private NodeId parse(String line) throws IOException {
    try {
      return NodeId.parse(line);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": '" + line + "' is no identity", e);
    }
  }

  /** Adds an identity soon; does not block. */
  public void add(NodeId id) {
    unwritten.add(id);
    if (scheduled.compareAndSet(false, true)) {
      var unused = writer.schedule(this::write, GATHER_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void write() {
    scheduled.set(false);
    StringBuilder lines = new StringBuilder();
    for (NodeId id = unwritten.poll(); id != null; id = unwritten.poll()) {
      lines.append(id).append('\n');
    }
    if (lines.isEmpty()) {
      return;
    }
    try {
      DurableFile.append(file, lines.toString());
    } catch (IOException e) {
      LOG.warn("those who were admitted could not be written to {}: {}", file, lines, e);
    }
  }

  /** Writes what is to be written. No identity may be added after this. */
  @Override
  public void close() {
    writer.close();
    write();
  }
}
