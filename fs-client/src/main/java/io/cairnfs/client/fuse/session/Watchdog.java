package io.cairnfs.client.fuse.session;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that no request outlives the timeout: the file system gives up by itself when its
 * {@link io.cairnfs.client.wait.Deadline} is over; should it not, its caller gets EIO from here.
 */
final class Watchdog implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

  /** What a request gets beyond its deadline, to fail by itself and more precisely. */
  static final Duration GRACE = Duration.ofMillis(400);

  private static final Duration PERIOD = Duration.ofMillis(200);

  private final ParkingLot parking;
  private volatile boolean stopped;

  Watchdog(ParkingLot parking) {
    this.parking = parking;
  }

  @Override
  public void run() {
    while (!stopped) {
      LockSupport.parkNanos(PERIOD.toNanos());
      long now = System.nanoTime();
      for (ParkedRequest request : parking.all()) {
        if (request.isOverdue(now, GRACE)) {
          LOG.warn("request {} did not end by its deadline; its caller gets EIO", request.unique());
          request.expire();
        }
      }
    }
  }

  void stop() {
    stopped = true;
  }
}
