package io.cairnfs.client.sweep;

import io.cairnfs.protocol.transport.Peer;
import java.util.List;

/**
 * What a sweep found.
 *
 * @param epoch its number
 * @param liveBlocks blocks that the volume needs
 * @param liveReplicas those of them that nodes hold for it since earlier sweeps
 * @param liveBytes the sum of their lengths
 * @param deadReplicas what nodes hold for the volume since earlier sweeps and it does not need
 * @param deadBytes the sum of their lengths
 * @param silentNodes how many nodes did not answer, and keep everything
 * @param marked the nodes that did
 */
public record SweepReport(
    long epoch,
    long liveBlocks,
    long liveReplicas,
    long liveBytes,
    long deadReplicas,
    long deadBytes,
    int silentNodes,
    List<Peer> marked) {

  public SweepReport {
    marked = List.copyOf(marked);
  }

  @Override
  public String toString() {
    return "sweep "
        + epoch
        + ": "
        + liveBlocks
        + " blocks are needed; of the replicas of earlier sweeps "
        + liveReplicas
        + " of "
        + liveBytes
        + " bytes are alive, "
        + deadReplicas
        + " of "
        + deadBytes
        + " bytes are not; "
        + silentNodes
        + " nodes did not answer";
  }
}
