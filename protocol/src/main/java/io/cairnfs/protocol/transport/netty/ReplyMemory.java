package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;

/** Memory that is set aside for one reply. */
final class ReplyMemory {

  private final FairBudget.Account account;
  private long bytes;

  private ReplyMemory(FairBudget.Account account, long bytes) {
    this.account = account;
    this.bytes = bytes;
  }

  /**
   * Waits for room.
   *
   * @throws WireException {@link WireError#BUSY} if there is none in time
   */
  static ReplyMemory take(FairBudget.Account account, long bytes, Duration timeout)
      throws WireException, InterruptedException {
    ReplyMemory memory = new ReplyMemory(account, 0);
    memory.grow(bytes, timeout);
    return memory;
  }

  /**
   * Waits for room for more.
   *
   * @throws WireException as {@link #take}
   */
  void grow(long more, Duration timeout) throws WireException, InterruptedException {
    if (more > 0 && !account.take(more, timeout)) {
      throw new WireException(
          WireError.BUSY, "there is no memory for the reply: earlier ones wait to be read");
    }
    bytes += more;
  }

  void resize(long actualBytes) {
    account.adjust(actualBytes - bytes);
    bytes = actualBytes;
  }

  void release() {
    account.release(bytes);
  }
}
