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
 * Checks that what a node sends hashes to what was asked for: a wrong body is a failed replica. It
 * stands below the choice of replicas, so that another one is read, and its node is known.
 */
public final class VerifyingNodeBlocks implements NodeBlocks {

  private static final Logger LOG = LoggerFactory.getLogger(VerifyingNodeBlocks.class);

  private final NodeBlocks inner;
  private final BlockCounters counters;

  public VerifyingNodeBlocks(NodeBlocks inner, BlockCounters counters) {
    this.inner = inner;
    this.counters = counters;
  }

  /**
   * @throws WireException with {@link WireError#WRONG_HASH} for a wrong body
   */
  @Override
  public byte[] get(Peer node, Cid cid, Duration timeout)
      throws WireException, InterruptedException {
    byte[] bytes = inner.get(node, cid, timeout);
    if (!cid.matches(bytes)) {
      counters.wrongBodies.increment();
      LOG.warn("node {} sent a wrong body for block {}", node.id(), cid);
      throw new WireException(WireError.WRONG_HASH, "body of block " + cid);
    }
    return bytes;
  }

  @Override
  public byte[] get(Peer node, Chunk chunk, Duration timeout)
      throws WireException, InterruptedException {
    return inner.get(node, chunk, timeout);
  }

  @Override
  public void put(Peer node, List<Block> blocks, Duration timeout)
      throws WireException, InterruptedException {
    inner.put(node, blocks, timeout); // the node verifies
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
