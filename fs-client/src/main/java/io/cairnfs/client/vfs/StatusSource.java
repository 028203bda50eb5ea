package io.cairnfs.client.vfs;

import io.cairnfs.protocol.head.Usage;

/** Tells how much room the nodes have. Answers from memory. */
@FunctionalInterface
public interface StatusSource {

  FileSystemStatus status(Usage usage);
}
