package io.cairnfs.protocol.head;

import java.time.Duration;

/** Bounds on what a head keeps and takes. */
public final class HeadLimits {

  /**
   * A transaction's body: small next to a frame, large next to any single file-system operation.
   */
  public static final int MAX_BODY_BYTES = 1 << 20;

  /** Bodies of one batch together: fits a frame with room for its header. */
  public static final int MAX_BATCH_BYTES = 2 << 20;

  /** Transactions of one batch. */
  public static final int MAX_BATCH_COMMITS = 8192;

  /** Conflict tokens of one batch: eight bytes each, a quarter of the bodies' room. */
  public static final int MAX_BATCH_TOKENS = 1 << 16;

  /**
   * Results that a session has not acknowledged: a few batches, since a session that never
   * acknowledges would make its head keep all of them.
   */
  public static final int MAX_UNACKNOWLEDGED = 4 * MAX_BATCH_COMMITS;

  /** What each delta counts beyond its body, so that empty ones are bounded too. */
  public static final int DELTA_OVERHEAD_BYTES = 64;

  /** Tokens whose last write a head remembers; older reads are told that they are too old. */
  public static final int WINDOW_TOKENS = 1 << 16;

  /**
   * Dead sessions that a volume remembers, so that a late duplicate of an open cannot revive one;
   * far more than can die while a message is under way.
   */
  public static final int DEAD_SESSIONS = 1024;

  /**
   * How long a session lives without renewal: short, because a crashed holder locks others out for
   * so long.
   */
  public static final Duration LEASE = Duration.ofSeconds(5);

  /** What a head waits beyond the lease, for clocks that do not run equally fast. */
  public static final Duration LEASE_MARGIN = Duration.ofMillis(250);

  /**
   * How long an exclusive session may take to share after it was asked to: to write all dirty bytes
   * of a mount over a slow link.
   */
  public static final Duration RECALL_DEADLINE = Duration.ofSeconds(60);

  /** Sessions of one volume: each commit waits for all of them. */
  public static final int MAX_SESSIONS = 256;

  /** Locks of one session; what a share hands over has to fit a message. */
  public static final int MAX_SESSION_LOCKS = 8192;

  /** Locks of all sessions of a volume: some megabytes of its voters' memory. */
  public static final int MAX_VOLUME_LOCKS = 32_768;

  /** Requests of one session that wait for a lock, or were granted one and are not settled. */
  public static final int MAX_LOCK_WAITS = 1024;

  /** Requests for locks whose answers are kept, because the session may not have them yet. */
  public static final int LOCK_REQUEST_WINDOW = 1024;

  /** The longest that a watch waits for news. */
  public static final Duration MAX_WATCH = Duration.ofSeconds(10);

  /** Volumes of one cell: a few kilobytes each in its voters' memory. */
  public static final int MAX_VOLUMES = 10_000;

  /** The sealed state of a volume that moves, without deltas: what its locks and snapshots take. */
  public static final int MAX_MOVED_STATE_BYTES = 64 << 20;

  /** A volume's or a holder's name for people, in bytes of UTF-8. */
  public static final int MAX_NAME_BYTES = 1024;

  /** Unfolded deltas at which clients fold and slow down, in bytes. */
  public static final long SOFT_UNFOLDED_BYTES = 16L << 20;

  /** Unfolded deltas at which commits wait for a fold, in bytes. */
  public static final long HARD_UNFOLDED_BYTES = 128L << 20;

  /** Inode numbers that one request is granted at most. */
  public static final int MAX_INODE_GRANT = 1 << 20;

  /**
   * Snapshots of a volume: some two hundred bytes each in every copy of its head's state, and one
   * answer has room for all of them.
   */
  public static final int MAX_SNAPSHOTS = 4096;

  /** A snapshot's name in bytes of UTF-8: that of a file name. */
  public static final int MAX_SNAPSHOT_NAME_BYTES = 255;

  /** The shortest time between two snapshots of a schedule: each is an entry of the head's log. */
  public static final Duration MIN_SNAPSHOT_INTERVAL = Duration.ofSeconds(10);

  /**
   * The longest wait of one question about draining: well within what a voter's answer may take.
   */
  public static final Duration MAX_DRAIN_WAIT = Duration.ofSeconds(8);

  /** Rules by which a schedule keeps snapshots: hours, days, weeks, months, years and some. */
  public static final int MAX_KEEP_RULES = 16;

  private HeadLimits() {}
}
