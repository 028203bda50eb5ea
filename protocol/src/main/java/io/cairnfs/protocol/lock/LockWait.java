package io.cairnfs.protocol.lock;

import io.cairnfs.protocol.head.VolumeLock;

/** A request that waits for its lock, or has got it. Not thread-safe. */
public final class LockWait {

  private final VolumeLock wanted;
  private final long number;
  private boolean granted;

  /**
   * @param number stands for the request among those of its session
   */
  public LockWait(VolumeLock wanted, long number, boolean granted) {
    this.wanted = wanted;
    this.number = number;
    this.granted = granted;
  }

  public VolumeLock wanted() {
    return wanted;
  }

  public long number() {
    return number;
  }

  public boolean granted() {
    return granted;
  }

  void grant() {
    granted = true;
  }
}
