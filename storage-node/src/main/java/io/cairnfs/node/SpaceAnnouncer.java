package io.cairnfs.node;

import io.cairnfs.node.store.BlockStore;
import io.cairnfs.node.store.StoreFigures;
import io.cairnfs.node.worker.Worker;
import java.time.Duration;

/**
 * Tells the cluster from time to time how much room this node has. A node that is full before it
 * has its share, because others use its disk too, says that it can hold less: then its share gets
 * smaller, and what is surplus goes elsewhere.
 */
final class SpaceAnnouncer implements Worker {

  private static final Duration INTERVAL = Duration.ofSeconds(15);

  /**
   * What is not worth a new signed record at once, as a part of the capacity and in bytes: {@code
   * df} adds up what nodes have said, and who deletes a few gigabytes wants to see them.
   */
  private static final double LITTLE = 0.05;

  private static final long LITTLE_BYTES = 256L << 20;

  /** After so long less is worth it, too, but no more than this is ever left out. */
  private static final Duration LONG = Duration.ofMinutes(10);

  private static final long NOTHING_BYTES = 1L << 20;

  /** With less than this part of its capacity left a node is full. */
  private static final double FULL = 0.02;

  /** A full node that can hold less than this part of what it said says so; */
  private static final double SHRINKS = 0.75;

  /** and it takes that back when it can hold so many times as much. Each step moves blocks. */
  private static final double GROWS = 1.5;

  private final BlockStore store;
  private final Membership membership;
  private final long configuredBytes;
  private volatile long capacityBytes;
  private volatile long announcedBytes;
  private long announcedNanos = System.nanoTime();

  /**
   * @param configuredBytes the most that it holds
   * @param capacityBytes what was announced
   * @param announcedBytes what was announced to be free
   */
  SpaceAnnouncer(
      BlockStore store,
      Membership membership,
      long configuredBytes,
      long capacityBytes,
      long announcedBytes) {
    this.store = store;
    this.membership = membership;
    this.configuredBytes = configuredBytes;
    this.capacityBytes = capacityBytes;
    this.announcedBytes = announcedBytes;
  }

  @Override
  public String name() {
    return "space-announcer";
  }

  @Override
  public String progress() {
    return "announced " + announcedBytes + " bytes free of " + capacityBytes;
  }

  @Override
  public Duration work() {
    StoreFigures figures = store.figures();
    long capacity = capacity(capacityBytes, configuredBytes, figures);
    long freeBytes = figures.freeBytes();
    Duration silent = Duration.ofNanos(System.nanoTime() - announcedNanos);
    if (capacity != capacityBytes
        || isWorthTelling(Math.abs(freeBytes - announcedBytes), capacity, silent)) {
      membership.announceSpace(capacity, freeBytes);
      capacityBytes = capacity;
      announcedBytes = freeBytes;
      announcedNanos = System.nanoTime();
    }
    return INTERVAL;
  }

  /**
   * Whether the cluster is to hear that there is more room or less.
   *
   * @param bytes by how much
   * @param silent how long nothing was said
   */
  static boolean isWorthTelling(long bytes, long capacity, Duration silent) {
    return silent.compareTo(LONG) >= 0
        ? bytes > NOTHING_BYTES
        : bytes > Math.min(LITTLE * capacity, LITTLE_BYTES);
  }

  /**
   * What a node says that it can hold.
   *
   * @param announced what it has said before
   * @param configured the most that it holds
   */
  static long capacity(long announced, long configured, StoreFigures figures) {
    long real = Math.min(configured, figures.bytes() + figures.freeBytes());
    boolean full = figures.freeBytes() < FULL * announced;
    if ((full && real < SHRINKS * announced) || real > GROWS * announced) {
      return real;
    }
    return announced;
  }
}
