package io.cairnfs.protocol.block;

import io.cairnfs.protocol.head.VolumeId;

/**
 * What holds a block on a node against the collection of garbage: a volume has said, in one of its
 * sweeps or since it opened, that it may need the block.
 *
 * @param volume the volume that needs it
 * @param epoch the number of the sweep that the volume's head had opened last when the claim was
 *     made; at least 1
 */
public record Claim(VolumeId volume, long epoch) {

  public Claim {
    if (epoch < 1) {
      throw new IllegalArgumentException("a claim of epoch " + epoch);
    }
  }
}
