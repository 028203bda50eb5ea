package io.cairnfs.client.sweep;

import io.cairnfs.protocol.transport.Peer;
import java.util.List;

/** Adds up what a sweep finds. For one thread. */
final class SweepCount {

  private final long epoch;
  private long liveBlocks;
  private long liveReplicas;
  private long liveBytes;
  private long deadReplicas;
  private long deadBytes;

  SweepCount(long epoch) {
    this.epoch = epoch;
  }

  /** So many more blocks are needed. */
  void live(long blocks) {
    liveBlocks += blocks;
  }

  /** A node has a block. */
  void replica(boolean alive, int sizeBytes) {
    if (alive) {
      liveReplicas++;
      liveBytes += sizeBytes;
    } else {
      deadReplicas++;
      deadBytes += sizeBytes;
    }
  }

  SweepReport report(int nodes, List<Peer> marked) {
    return new SweepReport(
        epoch,
        liveBlocks,
        liveReplicas,
        liveBytes,
        deadReplicas,
        deadBytes,
        nodes - marked.size(),
        marked);
  }
}
