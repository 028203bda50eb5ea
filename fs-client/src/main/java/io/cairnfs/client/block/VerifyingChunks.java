package io.cairnfs.client.block;

import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks that the part of a block that a node sends is the chunk that was asked for. Also for the
 * node in this process: it may have read the part without the rest, which it cannot verify.
 */
public final class VerifyingChunks implements NodeBlocks {

  private static final Logger LOG = LoggerFactory.getLogger(VerifyingChunks.class);

  private final NodeBlocks inner;
  private final BlockCounters counters;

  public VerifyingChunks(NodeBlocks inner, BlockCounters counters) {
    this.inner = inner;
    this.counters = counters;
  }

  @Override
  public byte[] get(Peer node, Cid cid, Duration timeout)
      throws WireException, InterruptedException {
    return inner.get(node, cid, timeout);
  }

  /**
   * @throws WireException with {@link WireError#WRONG_HASH} for wrong bytes
   */
  @Override
  public byte[] get(Peer node, Chunk chunk, Duration timeout)
      throws WireException, InterruptedException {
    byte[] bytes = inner.get(node, chunk, timeout);
    if (!chunk.cid().matches(bytes)) {
      counters.wrongBodies.increment();
      LOG.warn(
          "node {} sent wrong bytes from {} of block {}", node.id(), chunk.offset(), chunk.block());
      throw new WireException(WireError.WRONG_HASH, "a part of block " + chunk.block());
    }
    return bytes;
  }

  @Override
  public void put(Peer node, List<Block> blocks, Duration timeout)
      throws WireException, InterruptedException {
    inner.put(node, blocks, timeout);
  }

  @Override
  public Set<Cid> have(Peer node, List<Cid> cids, Duration timeout)
      throws WireException, InterruptedException {
    return inner.have(node, cids, timeout);
  }

  @Override
  public long claimEpoch() {
    return inner.claimEpoch();
  }

  @Override
  public void sweepOpened(long sweep) {
    inner.sweepOpened(sweep);
  }
}
