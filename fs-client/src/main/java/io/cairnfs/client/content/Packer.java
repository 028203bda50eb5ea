package io.cairnfs.client.content;

import io.cairnfs.client.extent.Extent;
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

  /** Adds a piece, whole, to the open pack, or to a new one if it does not fit. */
  synchronized Extent.InBlock append(byte[] source, int from, int length) {
    OutgoingBlock pack = open;
    int at = pack == null ? OutgoingBlock.FULL : pack.append(source, from, length);
    if (pack == null || at == OutgoingBlock.FULL) {
      push();
      pack = OutgoingBlock.pack(uploader);
      open = pack;
      at = pack.append(source, from, length);
      pushLater(pack);
    }
    return new Extent.InBlock(pack, at, length);
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
