package io.cairnfs.node.worker;

/**
 * A worker as an operator sees it.
 *
 * @param name the worker's
 * @param activity what it does right now
 * @param detail its progress, or why it fails
 */
public record WorkerState(String name, Activity activity, String detail) {

  /** What a worker does. */
  public enum Activity {
    /** Waits for its next unit of work. */
    IDLE,
    BUSY,
    /** Its last unit failed; it waits to try again. */
    FAILING
  }
}
