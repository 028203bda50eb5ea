package io.cairnfs.node.head;

/**
 * Says when a log has grown enough for a snapshot to be worth it: what is replayed at the next
 * start is bounded, and snapshots are a small part of what is written. Not thread-safe.
 */
public final class LogGrowth {

  /** What the log may grow by: replayed in well under a second. */
  private static final long BYTES = 16L << 20;

  /** As {@link #BYTES}, for small commands. */
  private static final int COMMANDS = 50_000;

  /** How many times a snapshot's own size the log must have grown. */
  private static final int RATIO = 4;

  private long bytes;
  private long commands;
  private long snapshotBytes;

  /** Commands of so many bytes were added. */
  public void grew(int newCommands, long newBytes) {
    commands += newCommands;
    bytes += newBytes;
  }

  /** A snapshot of this size stands for the log so far. */
  public void saved(long size) {
    snapshotBytes = size;
    bytes = 0;
    commands = 0;
  }

  public boolean isDue() {
    return bytes >= Math.max(BYTES, RATIO * snapshotBytes) || commands >= COMMANDS;
  }
}
