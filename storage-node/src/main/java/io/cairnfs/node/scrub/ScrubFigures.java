package io.cairnfs.node.scrub;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far scrubbing is.
 *
 * @param period within which each block is to be read
 * @param running whether a pass is under way
 * @param position from 0 to 1, of the pass under way
 * @param pass the one under way, or the last one
 * @param lastComplete when a pass last came to its end; null for never
 * @param complete what that pass found; of no meaning if there was none
 * @param late whether no pass has ended for so long that an operator should know
 */
public record ScrubFigures(
    Duration period,
    boolean running,
    double position,
    Pass pass,
    @Nullable Instant lastComplete,
    Pass complete,
    boolean late) {

  /** What a pass has read so far. */
  public record Pass(Instant started, long blocks, long bytes, long damaged) {}
}
