package io.cairnfs.node.worker;

/**
 * What an operator wants of a worker.
 *
 * @param paused whether it rests until further notice
 * @param bytesPerSecond {@link Throttle#UNBOUNDED} for the worker's own rate
 */
public record Order(boolean paused, long bytesPerSecond) {

  /** Nobody has said anything. */
  public static final Order NONE = new Order(false, Throttle.UNBOUNDED);

  Order withPaused(boolean value) {
    return new Order(value, bytesPerSecond);
  }

  Order withRate(long value) {
    return new Order(paused, value);
  }
}
