package io.cairnfs.node.head.machine;

import io.cairnfs.protocol.head.HeadState;
import io.cairnfs.protocol.head.SessionId;
import java.util.List;
import java.util.Optional;

/**
 * Who shares a volume, as the log has it: what the leader's watches are made of.
 *
 * @param state where the volume's head is
 * @param members the sessions that have not ended
 */
public record Sharing(HeadState state, List<Member> members) {

  /**
   * A session that has not ended.
   *
   * @param exclusive whether it has the volume for itself
   * @param recalled whether it was asked to share
   * @param joined a sequence that it has taken, if it is shared
   * @param expiresMillis when its lease lapses, in the time of the cell
   * @param grantedLocks requests that waited for their locks, have them, and are not settled
   */
  public record Member(
      SessionId id,
      boolean exclusive,
      boolean recalled,
      long joined,
      long expiresMillis,
      List<Long> grantedLocks) {

    public Member {
      grantedLocks = List.copyOf(grantedLocks);
    }

    public boolean lapsed(long nowMillis) {
      return nowMillis > expiresMillis;
    }
  }

  public Sharing {
    members = List.copyOf(members);
  }

  public Optional<Member> member(SessionId id) {
    return members.stream().filter(member -> member.id().equals(id)).findFirst();
  }
}
