package io.cairnfs.node;

import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.worker.Worker;
import java.time.Duration;

/** Tells the cluster from time to time how much room this node has. */
final class SpaceAnnouncer implements Worker {

  private static final Duration INTERVAL = Duration.ofMinutes(1);

  /** Smaller changes are not worth a new signed record. */
  private static final double WORTH_TELLING = 0.05;

  private final BlockStore store;
  private final Membership membership;
  private final long capacityBytes;
  private volatile long announcedBytes;

  SpaceAnnouncer(BlockStore store, Membership membership, long capacityBytes, long announcedBytes) {
    this.store = store;
    this.membership = membership;
    this.capacityBytes = capacityBytes;
    this.announcedBytes = announcedBytes;
  }

  @Override
  public String name() {
    return "space-announcer";
  }

  @Override
  public String progress() {
    return "announced " + announcedBytes + " bytes free";
  }

  @Override
  public Duration work() {
    long freeBytes = store.figures().freeBytes();
    if (Math.abs(freeBytes - announcedBytes) > WORTH_TELLING * capacityBytes) {
      membership.announceSpace(capacityBytes, freeBytes);
      announcedBytes = freeBytes;
    }
    return INTERVAL;
  }
}
