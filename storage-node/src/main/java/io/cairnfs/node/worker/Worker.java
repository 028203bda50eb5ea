package io.cairnfs.node.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A background job that never ends: it does one unit of work per call, and says when it wants to do
 * the next. {@link Workers} runs it, and lets an operator pause and throttle it.
 */
public interface Worker {

  /** A few words that do not change, such as {@code catch-up}. */
  String name();

  /** What it is at, in one line for a person. Thread-safe. */
  String progress();

  /** How much it has done, and what it knows to be left. Thread-safe. */
  default Tally tally() {
    return Tally.NONE;
  }

  /**
   * What bounds the bytes that it reads, writes or moves, always the same; null for a worker whose
   * bytes are not worth bounding. The worker spends, and {@link Workers} waits until that is paid
   * for before it asks for the next unit of work.
   */
  default @Nullable Throttle throttle() {
    return null;
  }

  /**
   * Does one unit of work, of seconds at most.
   *
   * @return how long to wait before the next
   * @throws Exception if it failed; it is logged, shown in the status and tried again later
   */
  Duration work() throws Exception;
}
