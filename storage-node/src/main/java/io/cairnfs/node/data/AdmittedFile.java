package io.cairnfs.node.data;

import io.cairnfs.protocol.identity.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers whom the join token brought in, one identity a line, so that they stay members when the
 * token is changed. An operator may remove lines while the node is down. Thread-safe.
 */
public final class AdmittedFile implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AdmittedFile.class);

  private final Path file;

  /** Writing waits for the disk, and admission happens on I/O threads. */
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("cairn-admitted").factory());

  public AdmittedFile(Path file) {
    this.file = file;
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
    writer.execute(
        () -> {
          try {
            DurableFile.append(file, id + "\n");
          } catch (IOException e) {
            log.warn("{} is admitted and could not be written to {}", id, file, e);
          }
        });
  }

  /** Waits for what is to be written. */
  @Override
  public void close() {
    writer.close();
  }
}
