package io.cairnfs.protocol.head;

import java.util.List;

/**
 * What a session is told of its volume.
 *
 * @param state where the head is. If its root's sequence is beyond what the session has taken, it
 *     begins anew from there
 * @param deltas committed transactions after those that it has taken, oldest first, as many as fit;
 *     none for an exclusive session, which knows them
 * @param released every session has taken what was committed up to here
 * @param recalled another session wants in: commit everything, then {@link Head#share}
 * @param alone no other session's lease runs
 * @param grantedLocks requests that waited and have their locks, until they are settled
 * @param sessions those that have not ended, in no order: orphans of others are nobody's
 * @param version stands for all of this but the state and the deltas; not 0
 */
public record News(
    HeadState state,
    List<Delta> deltas,
    long released,
    boolean recalled,
    boolean alone,
    List<Long> grantedLocks,
    List<SessionId> sessions,
    long version) {

  public News {
    deltas = List.copyOf(deltas);
    grantedLocks = List.copyOf(grantedLocks);
    sessions = List.copyOf(sessions);
  }
}
