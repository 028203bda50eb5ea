package io.cairnfs.client.block;

import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Blocks by CID, wherever they are. Blocking: for virtual threads, or others that may wait; each
 * call ends within the current {@link io.cairnfs.client.wait.Deadline}. Thread-safe. The layers
 * (cache, retry, verify, placement) are decorators of this port.
 */
public interface BlockClient {

  /**
   * A block's bytes, verified. The array is shared: do not change it.
   *
   * @throws BlockException if no replica could deliver it in time
   */
  byte[] get(Cid cid) throws BlockException, InterruptedException;

  /**
   * A chunk's bytes, verified by its own name. The array is shared: do not change it.
   *
   * @throws BlockException if no replica of its block could deliver it in time
   */
  byte[] get(Chunk chunk) throws BlockException, InterruptedException;

  /**
   * A block's or chunk's bytes if they are in memory, else null. Never waits. The array is shared:
   * do not change it.
   */
  default byte @Nullable [] peek(Cid cid) {
    return null;
  }

  /**
   * Stores blocks. When this returns, each is durable on the volume's write-acks of its replicas.
   *
   * @throws BlockException if that could not be reached in time; some may have been stored
   */
  void put(List<Block> blocks) throws BlockException, InterruptedException;

  /**
   * The blocks, of those asked, that are present on the volume's write-acks of their replicas, so
   * that they need not be sent.
   */
  Set<Cid> have(Collection<Cid> cids) throws BlockException, InterruptedException;

  /**
   * The sweep of the volume that what is put or found from now on is claimed with at least; 0 if
   * nothing is claimed.
   */
  default long claimEpoch() {
    return 0;
  }

  /** Hears that the volume's head has opened a sweep: blocks are claimed with it from now on. */
  default void sweepOpened(long sweep) {
    // Nothing is claimed.
  }
}
