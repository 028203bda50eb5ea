package io.cairnfs.client.block;

import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The blocks of one node, that the caller names. Blocking: for virtual threads. Thread-safe. */
public interface NodeBlocks {

  /**
   * A block of that node.
   *
   * @throws WireException also with NOT_FOUND and CORRUPT, as that node says
   */
  byte[] get(Peer node, Cid cid, Duration timeout) throws WireException, InterruptedException;

  /**
   * A part of a block of that node, exactly as long as the chunk says.
   *
   * @throws WireException also with NOT_FOUND, CORRUPT and BAD_RANGE, as that node says, or
   *     UNKNOWN_METHOD from one that gives no parts
   */
  byte[] get(Peer node, Chunk chunk, Duration timeout) throws WireException, InterruptedException;

  /** Stores blocks on that node, all or none; they are durable there when this returns. */
  void put(Peer node, List<Block> blocks, Duration timeout)
      throws WireException, InterruptedException;

  /** Those that are durable there. */
  Set<Cid> have(Peer node, List<Cid> cids, Duration timeout)
      throws WireException, InterruptedException;

  /**
   * The sweep that what is put or found from now on is claimed with at least; 0 if nothing is
   * claimed.
   */
  default long claimEpoch() {
    return 0;
  }

  /** Hears that the volume's head has opened a sweep: blocks are claimed with it from now on. */
  default void sweepOpened(long sweep) {
    // Nothing is claimed.
  }
}
