package io.cairnfs.node.admin;

import io.cairnfs.node.scrub.ScrubFigures;
import io.cairnfs.protocol.admin.message.ScrubPass;
import io.cairnfs.protocol.admin.message.ScrubStatus;
import java.time.Instant;

/** What a node says of its scrubbing. */
final class ScrubMessages {

  private static final int PERCENT = 100;

  private ScrubMessages() {}

  static ScrubStatus encode(ScrubFigures figures) {
    ScrubStatus.Builder status =
        ScrubStatus.newBuilder()
            .setPeriodSeconds(figures.period().toSeconds())
            .setRunning(figures.running())
            .setPositionPercent((int) (PERCENT * figures.position()))
            .setPass(encode(figures.pass()));
    Instant complete = figures.lastComplete();
    if (complete != null) {
      status.setComplete(encode(figures.complete())).setCompleteMillis(complete.toEpochMilli());
    }
    return status.build();
  }

  private static ScrubPass encode(ScrubFigures.Pass pass) {
    return ScrubPass.newBuilder()
        .setStartedMillis(pass.started().toEpochMilli())
        .setBlocks(pass.blocks())
        .setBytes(pass.bytes())
        .setDamaged(pass.damaged())
        .build();
  }
}
