package io.cairnfs.node.head.machine;

import io.cairnfs.protocol.head.Commit;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadException.Reason;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.SessionId;
import io.cairnfs.protocol.head.message.VolumeSnapshot;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The sweeps of a volume, one after the other, and which claims may still be built on: those of the
 * last sweep and of the one before it, because a closed sweep lets older ones go.
 */
final class SweepState {

  private static final long FIRST = 1;

  private long epoch = FIRST;

  /** Whose sweep is under way; null if the last one is closed. */
  private @Nullable SessionId session;

  /** The last sweep that was opened. */
  long epoch() {
    return epoch;
  }

  /**
   * Opens the next sweep, or says again which one the session has open.
   *
   * @param lives whether a session does: the sweep of a dead one never closes, and another follows
   * @throws HeadException {@code HELD} while another session sweeps
   */
  long open(SessionId id, Predicate<SessionId> lives) throws HeadException {
    SessionId before = session;
    if (id.equals(before)) {
      return epoch;
    }
    if (before != null && lives.test(before)) {
      throw new HeadException(Reason.HELD, "another session sweeps the volume");
    }
    session = id;
    return ++epoch;
  }

  /**
   * Closes a sweep; a second time is fine.
   *
   * @throws HeadException {@code OVERTAKEN} if it is not the session's, or not the last
   */
  void close(SessionId id, long closed) throws HeadException {
    if (closed != epoch || (session != null && !session.equals(id))) {
      throw new HeadException(Reason.OVERTAKEN, "sweep " + epoch + " follows sweep " + closed);
    }
    session = null;
  }

  /**
   * @param claim the oldest claim that something rests on
   * @throws HeadException {@code STALE_CLAIMS} if a sweep may have let it go
   */
  void requireFresh(long claim) throws HeadException {
    if (claim != Commit.NO_CLAIM && claim < epoch - 1) {
      throw new HeadException(
          Reason.STALE_CLAIMS, "blocks were claimed in sweep " + claim + ", this is " + epoch);
    }
  }

  void save(VolumeSnapshot.Builder to) {
    SessionId under = session;
    if (under != null) {
      to.setSweepSession(HeadMessages.encode(under));
    }
  }

  static SweepState load(VolumeSnapshot from) {
    SweepState state = new SweepState();
    state.epoch = from.getState().getSweep();
    state.session =
        from.getSweepSession().isEmpty()
            ? null
            : HeadMessages.decodeSession(from.getSweepSession());
    return state;
  }
}
