package io.cairnfs.client.head;

import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadErrors;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.Moved;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a call: each voter is asked once, who is said to lead next; those that were silent
 * in the round before come last, because others may know who leads instead.
 */
final class Round {

  private final List<Peer> left;
  private final List<Peer> voters;
  private final Set<NodeId> silentBefore;
  private final Set<NodeId> silent = new HashSet<>();
  private int ignorant;
  private boolean election;
  private boolean strangerLeads;
  private @Nullable Founding movedTo;
  private @Nullable WireException last;

  /**
   * @param silentBefore those that did not answer in the round before
   */
  Round(List<Peer> voters, Set<NodeId> silentBefore) {
    this.left = new ArrayList<>(voters);
    this.voters = List.copyOf(voters);
    this.silentBefore = silentBefore;
  }

  /** Whom to ask next: the leader if it was not asked yet; null when all were. */
  @Nullable Peer next(@Nullable NodeId leader) {
    Peer next = null;
    for (Peer peer : left) {
      if (peer.id() != null && silentBefore.contains(peer.id())) {
        continue;
      }
      if (leader != null && leader.equals(peer.id())) {
        next = peer;
        break;
      }
      next = next == null ? peer : next;
    }
    if (next == null) {
      return left.isEmpty() ? null : left.removeFirst();
    }
    left.remove(next);
    return next;
  }

  /** Whether there are others than the one that is asked now. */
  boolean hasOthers() {
    return voters.size() > 1;
  }

  /** Those that did not answer. */
  Set<NodeId> silent() {
    return silent;
  }

  /**
   * Notes why a voter did not do what it was asked.
   *
   * @return who leads, if it said so
   * @throws HeadException if no other one would
   */
  @Nullable NodeId failed(Peer voter, WireException failure) throws HeadException {
    last = failure;
    NodeId id = voter.id();
    if (id != null
        && (failure.error() == WireError.UNREACHABLE || failure.error() == WireError.TIMEOUT)) {
      silent.add(id);
    }
    if (failure.error() == WireError.UNKNOWN_VOLUME) {
      ignorant++; // a node that is no voter any more, or does not know of the founding yet
    } else if (!failure.error().isTransient()) {
      throw HeadErrors.fromWire(failure);
    }
    if (failure.error() == WireError.MOVED) {
      election = true;
      movedTo = Moved.read(failure.detail());
    }
    if (failure.error() != WireError.NOT_LEADER) {
      return null;
    }
    election = true;
    NodeId leader = parse(failure.detail());
    strangerLeads |= leader != null && voters.stream().noneMatch(peer -> leader.equals(peer.id()));
    return leader;
  }

  private static @Nullable NodeId parse(String id) {
    try {
      return NodeId.parse(id);
    } catch (IllegalArgumentException e) {
      return null; // nobody leads
    }
  }

  /**
   * @throws HeadException if all voters answered that there is no such volume
   */
  void refuseIfNoneKnows() throws HeadException {
    if (!voters.isEmpty() && ignorant == voters.size()) {
      throw HeadErrors.fromWire(Objects.requireNonNull(last));
    }
  }

  /** Where the volume is, if a voter said so. */
  @Nullable Founding movedTo() {
    return movedTo;
  }

  /**
   * Whether nobody answered anything, or a stranger is said to lead: a volume that has moved to a
   * cell with some of the same voters has them answer for the new one.
   */
  boolean isDoubtful() {
    return silent.size() == voters.size() || strangerLeads;
  }

  /** Whether a voter answered that it does not lead, or that the volume moves: soon one will. */
  boolean isElection() {
    return election;
  }

  @Nullable WireException last() {
    return last;
  }
}
