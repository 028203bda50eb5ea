package io.cairnfs.node.head;

import io.cairnfs.node.head.machine.Sharing;
import io.cairnfs.node.head.machine.Sharing.Member;
import io.cairnfs.protocol.head.SessionId;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How far a volume's history is released: what every session whose lease runs has said to have
 * taken. Only the leader keeps this, in memory; a new one learns it when sessions report again, and
 * until then knows of each what the log says. Not thread-safe; no clock of its own.
 *
 * <p>A session whose lease lapsed is not waited for, because by then it answers nothing: its own
 * count of the lease began earlier. One that renews later has to take everything up to the sequence
 * that the renewal names before it counts, so that what is released stays released.
 */
final class ReleaseTracker {

  private final Map<SessionId, Long> taken = new HashMap<>();
  private long released;

  /** A session says that everything up to a sequence is in its view. */
  void took(SessionId session, long sequence) {
    taken.merge(session, sequence, Math::max);
  }

  /**
   * The last released sequence.
   *
   * @param nowMillis the time of the cell
   */
  long released(Sharing sharing, long nowMillis) {
    taken
        .keySet()
        .retainAll(sharing.members().stream().map(Member::id).collect(Collectors.toSet()));
    long least = sharing.state().sequence();
    for (Member member : sharing.members()) {
      if (!member.exclusive() && !member.lapsed(nowMillis)) {
        least = Math.min(least, taken(member));
      }
    }
    released = Math.max(released, least);
    return released;
  }

  private long taken(Member member) {
    return Math.max(member.joined(), taken.getOrDefault(member.id(), 0L));
  }
}
