package io.cairnfs.node.replication;

import java.time.Duration;

/** How long a worker rests, so that readers and writers come first. */
final class Rest {

  private static final int DIVISOR = 2;

  private Rest() {}

  /** After a unit of work that began at a time of {@link System#nanoTime}. */
  static Duration since(long startedNanos) {
    return Duration.ofNanos((System.nanoTime() - startedNanos) / DIVISOR);
  }
}
