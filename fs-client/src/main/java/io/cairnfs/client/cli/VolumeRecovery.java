package io.cairnfs.client.cli;

import io.cairnfs.client.head.RemoteHead;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.HeadMessages;
import io.cairnfs.protocol.head.message.CheckpointRecord;
import io.cairnfs.protocol.head.message.HeadRecord;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds out whether a volume's head is lost, and founds the volume again. */
final class VolumeRecovery {

  /** For one question: a person waits. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** An epoch comes after all that was before it. */
  private static final Comparator<CheckpointRecord> LATER =
      Comparator.<CheckpointRecord>comparingLong(
              checkpoint -> checkpoint.getHead().getFounding().getEpoch())
          .thenComparingLong(checkpoint -> checkpoint.getHead().getState().getSequence())
          .thenComparingLong(CheckpointRecord::getVersion);

  /** What became of a head. */
  enum Found {
    /** It is there. */
    ANSWERS,
    /** Its voters are there, and do not have it. */
    GONE,
    /** Its voters do not answer, or no majority of them: they may come back with it. */
    SILENT
  }

  private final Cluster cluster;

  VolumeRecovery(Cluster cluster) {
    this.cluster = cluster;
  }

  /** The founding record of a volume that holds: this one, or a later one. */
  Founding latest(Founding known) throws InterruptedException {
    return cluster
        .founding(known.volume())
        .filter(kept -> kept.epoch() > known.epoch())
        .orElse(known);
  }

  Found find(Founding founding) throws InterruptedException {
    List<Peer> voters = cluster.voters(founding).stream().map(Cluster.Member::peer).toList();
    if (voters.isEmpty()) {
      return Found.SILENT;
    }
    try {
      new RemoteHead(cluster.transport(), () -> voters).info(founding.volume(), TIMEOUT);
      return Found.ANSWERS;
    } catch (HeadException e) {
      return e.reason() == HeadException.Reason.UNKNOWN_VOLUME ? Found.GONE : Found.SILENT;
    }
  }

  /**
   * The last checkpoint that a voter of the volume has left. If there is none, and a cell hosted
   * it, that of another node, which may have been a member: who asks is told who has signed it.
   */
  Optional<CheckpointRecord> checkpoint(Founding founding) throws InterruptedException {
    List<NodeId> voters = cluster.voterIds(founding);
    Optional<CheckpointRecord> last = last(founding, voters);
    if (last.isPresent() || founding.cell() == null) {
      return last;
    }
    return last(founding, cluster.voters().stream().map(Cluster.Member::id).toList());
  }

  private Optional<CheckpointRecord> last(Founding founding, List<NodeId> signers)
      throws InterruptedException {
    Optional<CheckpointRecord> last = Optional.empty();
    for (NodeId signer : signers) {
      Optional<CheckpointRecord> one =
          cluster.directory().checkpoint(founding.volume(), signer, TIMEOUT);
      if (one.isPresent() && (last.isEmpty() || LATER.compare(one.get(), last.get()) > 0)) {
        last = one;
      }
    }
    return last;
  }

  /**
   * Founds a volume again, where it would be founded now.
   *
   * @param key the volume's
   * @param head complete
   */
  Founding found(Identity key, HeadRecord head)
      throws CommandException, IOException, InterruptedException {
    Founding before = HeadMessages.decode(head.getFounding());
    requireTree(before, HeadMessages.decodeRoot(head.getState().getRoot()));
    return new Volumes(cluster).foundAgain(key, head, latest(before));
  }

  /** The root of the tree, at least, has to be there. */
  private void requireTree(Founding founding, @Nullable Cid root)
      throws CommandException, InterruptedException {
    if (root == null) {
      return;
    }
    try {
      byte[] unused =
          ClusterHistory.blocks(cluster, founding.volume(), founding.replication()).get(root);
    } catch (IOException e) {
      throw new CommandException(
          "volume '"
              + founding.name()
              + "': the root of its tree, block "
              + root
              + ", is on no node that answers; start those that are down",
          e);
    }
  }
}
