package io.cairnfs.client.namespace;

/**
 * Waits for what has happened, or may have: who gave up would have to say that it has not. An
 * interruption is kept for afterwards. Stateless.
 */
final class Uninterrupted {

  /** Waits, and may do so again after it was interrupted. */
  @FunctionalInterface
  interface Wait<X extends Exception> {
    void await() throws X, InterruptedException;
  }

  private Uninterrupted() {}

  static <X extends Exception> void await(Wait<X> wait) throws X {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          wait.await();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
