package io.cairnfs.client.block;

import io.cairnfs.protocol.block.Claim;
import io.cairnfs.protocol.head.VolumeId;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the blocks of a volume are claimed with: the last of its sweeps that this process has heard
 * of. Thread-safe.
 */
public final class Claims {

  private static final long FIRST_SWEEP = 1;

  private final VolumeId volume;
  private final AtomicLong sweep = new AtomicLong(FIRST_SWEEP);

  public Claims(VolumeId volume) {
    this.volume = volume;
  }

  /** The volume's head has opened this sweep, or one before it. */
  public void heard(long opened) {
    sweep.accumulateAndGet(opened, Math::max);
  }

  /** What a block that is stored now is claimed with. */
  public Claim current() {
    return new Claim(volume, sweep.get());
  }
}
