package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;

/** Memory that is set aside for one reply, of the transport's budget and of the connection's share in it. */
final class ReplyMemory {

  private final Budget all;
  private final Budget share;
  private long bytes;

  private ReplyMemory(Budget all, Budget share, long bytes) {
    this.all = all;
    this.share = share;
    this.bytes = bytes;
  }

  /**
   * Waits for room.
   *
   * @throws WireException {@link WireError#BUSY} if there is none in time
   */
  static ReplyMemory take(Budget all, Budget share, long bytes, Duration timeout)
      throws WireException, InterruptedException {
    if (!share.take(bytes, timeout)) {
      throw new WireException(WireError.BUSY, "earlier replies wait to be read");
    }
    boolean taken = false;
    try {
      taken = all.take(bytes, timeout);
    } finally {
      if (!taken) {
        share.release(bytes);
      }
    }
    if (!taken) {
      throw new WireException(WireError.BUSY, "the node has no memory left for replies");
    }
    return new ReplyMemory(all, share, bytes);
  }

  void resize(long actualBytes) {
    all.adjust(actualBytes - bytes);
    share.adjust(actualBytes - bytes);
    bytes = actualBytes;
  }

  void release() {
    all.release(bytes);
    share.release(bytes);
  }
}
