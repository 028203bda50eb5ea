package io.cairnfs.client.block;

import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps what is put in memory, over blocks that are only read. Thread-safe. */
public final class ScratchBlocks implements BlockClient {

  private final BlockClient below;
  private final Map<Cid, byte[]> kept = new ConcurrentHashMap<>();

  public ScratchBlocks(BlockClient below) {
    this.below = below;
  }

  /** What was put. */
  public List<Block> kept() {
    return kept.entrySet().stream()
        .map(block -> new Block(block.getKey(), block.getValue()))
        .toList();
  }

  @Override
  public byte[] get(Cid cid) throws BlockException, InterruptedException {
    byte[] bytes = kept.get(cid);
    return bytes == null ? below.get(cid) : bytes;
  }

  @Override
  public byte[] get(Chunk chunk) throws BlockException, InterruptedException {
    return below.get(chunk);
  }

  @Override
  public void put(List<Block> blocks) {
    blocks.forEach(block -> kept.put(block.cid(), block.bytes()));
  }

  @Override
  public Set<Cid> have(Collection<Cid> cids) throws BlockException, InterruptedException {
    return below.have(cids);
  }
}
