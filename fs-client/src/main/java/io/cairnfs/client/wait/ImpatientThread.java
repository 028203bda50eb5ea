package io.cairnfs.client.wait;

/**
 * A thread that the kernel waits for, such as one that reads requests from {@code /dev/fuse}: it
 * works from memory and never waits for a network or a disk.
 */
public final class ImpatientThread extends Thread {

  public ImpatientThread(Runnable task, String name) {
    super(task, name);
  }

  /**
   * Declares that the caller is about to wait. Must come before the operation has had any effect.
   *
   * @throws WouldBlockException if the current thread must not
   */
  public static void aboutToWait() {
    if (Thread.currentThread() instanceof ImpatientThread) {
      throw WouldBlockException.INSTANCE;
    }
  }
}
