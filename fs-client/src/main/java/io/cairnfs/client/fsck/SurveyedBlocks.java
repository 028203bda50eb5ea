package io.cairnfs.client.fsck;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockException;
import io.cairnfs.client.block.Chunk;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * A block client that says that a block is not found only if every node says so, a damaged replica
 * being none: what a check concludes from that cannot be taken back. Writes go the usual way.
 */
record SurveyedBlocks(ReplicaSurvey survey, BlockClient usual) implements BlockClient {

  @Override
  public byte[] get(Cid cid) throws BlockException, InterruptedException {
    return survey.read(cid);
  }

  @Override
  public byte[] get(Chunk chunk) throws BlockException, InterruptedException {
    return usual.get(chunk);
  }

  @Override
  public void put(List<Block> blocks) throws BlockException, InterruptedException {
    usual.put(blocks);
  }

  @Override
  public Set<Cid> have(Collection<Cid> cids) throws BlockException, InterruptedException {
    return usual.have(cids);
  }

  @Override
  public long claimEpoch() {
    return usual.claimEpoch();
  }

  @Override
  public void sweepOpened(long sweep) {
    usual.sweepOpened(sweep);
  }
}
