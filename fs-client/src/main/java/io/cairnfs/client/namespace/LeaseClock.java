package io.cairnfs.client.namespace;

/**
 * The clock by which a lease is counted. It must go on while the machine sleeps: a session that
 * wakes up from a suspend must know that its lease is gone.
 */
@FunctionalInterface
public interface LeaseClock {

  /** Nanoseconds since some fixed moment. Compare differences only. */
  long nanos();
}
