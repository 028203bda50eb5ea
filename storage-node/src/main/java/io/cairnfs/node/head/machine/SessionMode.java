package io.cairnfs.node.head.machine;

import io.cairnfs.protocol.head.HeadLimits;
import io.cairnfs.protocol.head.message.SessionModeSnapshot;

/**
 * Whether a session has its volume for itself, and how that came and may end. Only the newest
 * change that the session asks for has an effect, so that a late duplicate of an older one does no
 * harm.
 */
final class SessionMode {

  private static final long NOT_RECALLED = -1;

  private final boolean alone;
  private boolean exclusive;
  private long joined;
  private long recalledMillis = NOT_RECALLED;
  private boolean expelled;
  private long change;

  private SessionMode(boolean alone) {
    this.alone = alone;
  }

  /**
   * The mode of a session that begins.
   *
   * @param alone whether it never shares
   * @param sequence the volume's
   */
  static SessionMode begin(boolean alone, boolean exclusive, long sequence) {
    SessionMode mode = new SessionMode(alone);
    mode.exclusive = exclusive;
    mode.joined = sequence;
    return mode;
  }

  boolean exclusive() {
    return exclusive;
  }

  /** Whether it never shares. */
  boolean alone() {
    return alone;
  }

  /** A sequence that it had taken when it began to be shared. */
  long joined() {
    return joined;
  }

  boolean recalled() {
    return recalledMillis != NOT_RECALLED;
  }

  /** Whether it did not share in time: its lease is not extended any more. */
  boolean expelled() {
    return expelled;
  }

  /** Another session wants in. */
  void recall(long nowMillis) {
    if (!recalled()) {
      recalledMillis = nowMillis;
    } else if (nowMillis - recalledMillis > HeadLimits.RECALL_DEADLINE.toMillis()) {
      expelled = true;
    }
  }

  /** The time of the recall was another cell's. */
  void moved(long nowMillis) {
    if (recalled()) {
      recalledMillis = nowMillis;
    }
  }

  boolean isNew(long newChange) {
    return newChange > change;
  }

  /** Whether a change is newer than all before, which makes it the newest. */
  boolean accept(long newChange) {
    if (newChange <= change) {
      return false;
    }
    change = newChange;
    return true;
  }

  void share(long sequence) {
    exclusive = false;
    joined = sequence;
    recalledMillis = NOT_RECALLED;
  }

  void claim() {
    exclusive = true;
  }

  SessionModeSnapshot save() {
    return SessionModeSnapshot.newBuilder()
        .setAlone(alone)
        .setJoined(joined)
        .setRecalled(recalled())
        .setRecalledMillis(recalled() ? recalledMillis : 0)
        .setExpelled(expelled)
        .setChange(change)
        .build();
  }

  static SessionMode load(boolean exclusive, SessionModeSnapshot from) {
    SessionMode mode = begin(from.getAlone(), exclusive, from.getJoined());
    mode.recalledMillis = from.getRecalled() ? from.getRecalledMillis() : NOT_RECALLED;
    mode.expelled = from.getExpelled();
    mode.change = from.getChange();
    return mode;
  }
}
