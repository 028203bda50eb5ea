package io.cairnfs.node.head;

import io.cairnfs.node.head.machine.Sharing;
import io.cairnfs.node.head.machine.Sharing.Member;
import io.cairnfs.protocol.head.Delta;
import io.cairnfs.protocol.head.News;
import io.cairnfs.protocol.head.SessionId;
import java.util.List;

/**
 * A volume as one of its sessions sees it at a moment: what {@link News} say beside the deltas.
 *
 * @param me the session
 * @param released how far the history is released
 * @param nowMillis the time of the cell
 */
record Moment(Sharing sharing, Member me, long released, long nowMillis) {

  private static final long MIXER = 0x9E3779B97F4A7C15L; // of SplitMix64: the golden ratio

  /** Whether there is something to tell of what comes after a sequence. */
  boolean hasDeltasAfter(long taken) {
    return !me.exclusive() && sharing.state().sequence() > taken;
  }

  /** Whether those deltas are folded, in part or all. */
  boolean foldedAfter(long taken) {
    return sharing.state().rootSequence() > taken;
  }

  private boolean alone() {
    return sharing.members().stream()
        .allMatch(member -> member.equals(me) || member.lapsed(nowMillis));
  }

  private List<SessionId> sessions() {
    return sharing.members().stream().map(Member::id).toList();
  }

  /**
   * Stands for all that can change without a delta; not 0. Made of the content alone, so that
   * another leader gives the same.
   */
  long version() {
    long version = mix(0, me.exclusive() ? 1 : 0);
    if (!me.exclusive()) {
      // For an exclusive session all is released, and the root is its own doing.
      version = mix(version, released);
      version = mix(version, sharing.state().rootSequence());
    }
    version = mix(version, me.recalled() ? 1 : 0);
    version = mix(version, alone() ? 1 : 0);
    for (long number : me.grantedLocks()) {
      version = mix(version, number);
    }
    for (SessionId session : sessions()) {
      version = mix(version, session.value().getMostSignificantBits());
      version = mix(version, session.value().getLeastSignificantBits());
    }
    return version == 0 ? 1 : version;
  }

  private static long mix(long version, long value) {
    long mixed = (version ^ value) * MIXER;
    return (mixed ^ mixed >>> 32) + 1;
  }

  News toNews(List<Delta> deltas) {
    long last = sharing.state().sequence();
    return new News(
        sharing.state(),
        deltas.stream().filter(delta -> delta.sequence() <= last).toList(),
        released,
        me.recalled(),
        alone(),
        me.grantedLocks(),
        sessions(),
        version());
  }
}
