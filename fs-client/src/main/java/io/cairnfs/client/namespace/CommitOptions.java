package io.cairnfs.client.namespace;

import java.time.Duration;

/**
 * How a session commits.
 *
 * @param interval the longest that an applied transaction waits before it is sent
 * @param timeout how long a commit is tried before the session gives up and dies
 * @param awaitBlocks whether a commit waits for the write-acks of the blocks that it refers to: the
 *     safeguard of contract 2 and 3, switched off only to show that tests notice
 */
public record CommitOptions(Duration interval, Duration timeout, boolean awaitBlocks) {

  /**
   * The interval is what local file systems lose at most in a crash, or less; the timeout is the
   * mount's.
   */
  public static final CommitOptions DEFAULTS =
      new CommitOptions(Duration.ofSeconds(1), Duration.ofSeconds(60), true);

  public CommitOptions {
    if (!interval.isPositive() || !timeout.isPositive()) {
      throw new IllegalArgumentException("the interval and the timeout are positive");
    }
  }
}
