package io.cairnfs.client.vfs;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets a reader without a lock notice that what it read was moving meanwhile: a sequence lock. One
 * mover at a time, under a lock of its own; any number of readers.
 */
final class Moves {

  /** The stamp while something is moving. */
  static final long UNDER_WAY = -1;

  private final AtomicLong count = new AtomicLong();

  void begin() {
    count.incrementAndGet();
  }

  void end() {
    count.incrementAndGet();
  }

  /**
   * Equal stamps before and after a read say that nothing moved in between, unless they are {@link
   * #UNDER_WAY}.
   */
  long stamp() {
    long now = count.get();
    return (now & 1) == 0 ? now : UNDER_WAY;
  }
}
