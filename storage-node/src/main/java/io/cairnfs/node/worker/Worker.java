package io.cairnfs.node.worker;

import java.time.Duration;

/**
 * A background job that never ends: it does one unit of work per call, and says when it wants to do
 * the next.
 */
public interface Worker {

  /** A few words that do not change, such as {@code catch-up}. */
  String name();

  /** What it is at, in one line for a person. Thread-safe. */
  String progress();

  /**
   * Does one unit of work, of seconds at most.
   *
   * @return how long to wait before the next
   * @throws Exception if it failed; it is logged, shown in the status and tried again later
   */
  Duration work() throws Exception;
}
