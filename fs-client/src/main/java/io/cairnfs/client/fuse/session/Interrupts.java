package io.cairnfs.client.fuse.session;

import io.cairnfs.client.fuse.linux.Errno;
import io.cairnfs.client.fuse.linux.SignalState;
import io.cairnfs.client.fuse.protocol.Request;
import java.time.Duration;

/**
 * What to do when the kernel says that the caller of a request got a signal. A local file system's
 * calls do not end early for a signal that the program handles (a timer, a child's end), only for
 * one that kills it, or when they wait for a lock; neither do ours.
 *
 * <p>The kernel tells once. Answered EAGAIN, it tells again; so a request whose caller lives on is
 * asked about again, after a while, until it is done. Thread-safe.
 */
final class Interrupts {

  private static final Duration ASK_AGAIN = Duration.ofMillis(100);

  private final ParkingLot parking;
  private final int[] devices;
  private boolean stopped;

  Interrupts(ParkingLot parking, int[] devices) {
    this.parking = parking;
    this.devices = devices.clone();
  }

  /** Handles INTERRUPT (struct fuse_interrupt_in: the unique of the request that is meant). */
  void handle(Request interrupt) {
    long own = interrupt.unique();
    ParkedRequest target = parking.find(interrupt.int64(0));
    if (target == null) {
      // done, whose answer is unknown then, or on its way through another reader, who will not wait
      askAgain(own);
    } else if (target.isLockWait() || SignalState.isDying(target.pid())) {
      target.interrupt();
    } else {
      Thread.ofVirtual().name("fuse-interrupt").start(() -> askLater(own));
    }
  }

  private void askLater(long unique) {
    try {
      Thread.sleep(ASK_AGAIN);
      askAgain(unique);
    } catch (InterruptedException e) {
      Thread.currentThread()
          .interrupt(); // nobody does that; and without the question nothing breaks
    }
  }

  /** A request belongs to the descriptor that it was read by; the others do not know it. */
  private synchronized void askAgain(long unique) {
    if (stopped) {
      return;
    }
    for (int device : devices) {
      if (Answers.fail(device, unique, Errno.EAGAIN) != -Errno.ENOENT) {
        return;
      }
    }
  }

  /** From here on the descriptors may be closed. */
  synchronized void stop() {
    stopped = true;
  }
}
