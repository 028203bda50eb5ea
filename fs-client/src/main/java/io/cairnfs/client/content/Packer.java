package io.cairnfs.client.content;

import io.cairnfs.client.extent.Extent;
import io.cairnfs.protocol.block.BlockLimits;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Puts small pieces of many files into shared blocks: ten thousand small files cost a few dozen
 * blocks. One pack of a volume is open at a time. Thread-safe; never waits.
 */
final class Packer {

  private final Uploader uploader;
  private final Duration packAge;
  private @Nullable OutgoingBlock open;

  Packer(Uploader uploader, Duration packAge) {
    this.uploader = uploader;
    this.packAge = packAge;
  }

  /**
   * Adds a piece, whole, to the open pack, or to a new one if it does not fit.
   *
   * @param length at most {@link BlockLimits#MAX_PRODUCED_BYTES}
   * @param verifiable whether it is to be read by itself
   */
  synchronized Extent.InBlock append(byte[] source, int from, int length, boolean verifiable) {
    Extent.InBlock piece = open == null ? null : open.append(source, from, length, verifiable);
    while (piece == null) {
      push();
      open = OutgoingBlock.pack(uploader);
      pushLater(open);
      piece = open.append(source, from, length, verifiable);
    }
    return piece;
  }

  /** Sends the open pack on its way. */
  synchronized void push() {
    if (open != null) {
      open.push();
      open = null;
    }
  }

  private void pushLater(OutgoingBlock pack) {
    Executor afterPackAge =
        CompletableFuture.delayedExecutor(packAge.toNanos(), TimeUnit.NANOSECONDS, Runnable::run);
    afterPackAge.execute(pack::push);
  }
}
