package io.cairnfs.client.block;

import io.cairnfs.protocol.block.Redundancy;
import io.cairnfs.protocol.transport.Transport;

/** Stacks the decorators of the block client: cache, retry, placement, verification, transport. */
public final class BlockClients {

  private BlockClients() {}

  /**
   * Blocks on other processes' nodes: what they send is verified.
   *
   * @param claims of the volume that the blocks are of
   */
  public static CachingBlocks remote(
      Transport transport,
      Replicas replicas,
      PlacementSettings settings,
      Claims claims,
      long cacheBytes,
      BlockCounters counters) {
    NodeBlocks nodes = new RemoteNodeBlocks(transport, settings.replication(), false, claims);
    return stack(
        new VerifyingNodeBlocks(nodes, counters), replicas, settings, cacheBytes, counters);
  }

  /** Blocks on a node in this process, which verifies whole blocks that it reads from its disk. */
  public static CachingBlocks embedded(
      Transport transport,
      Replicas replicas,
      PlacementSettings settings,
      Claims claims,
      long cacheBytes,
      BlockCounters counters) {
    NodeBlocks node = new RemoteNodeBlocks(transport, settings.replication(), false, claims);
    return stack(node, replicas, settings, cacheBytes, counters);
  }

  /**
   * As {@link #remote}, for single blocks and a person who waits: neither cached nor tried again,
   * and pinned on each node where they are put.
   */
  public static BlockClient pinning(
      Transport transport, Replicas replicas, PlacementSettings settings, BlockCounters counters) {
    NodeBlocks nodes = new RemoteNodeBlocks(transport, settings.replication(), true, null);
    return new PlacedBlocks(new VerifyingNodeBlocks(nodes, counters), replicas, settings, counters);
  }

  /** Stores stripes of blocks of a volume. */
  public static Stripes stripes(
      Transport transport,
      Replicas replicas,
      PlacementSettings settings,
      Claims claims,
      BlockCounters counters) {
    int described = Redundancy.ofStripe(settings.replication());
    NodeBlocks descriptions = new RemoteNodeBlocks(transport, described, false, claims);
    return new Stripes(
        new RemoteNodeBlocks(transport, Redundancy.SHARD, false, claims),
        new RetryingBlocks(
            new PlacedBlocks(
                new VerifyingNodeBlocks(descriptions, counters), replicas, settings, counters)),
        replicas,
        settings);
  }

  private static CachingBlocks stack(
      NodeBlocks nodes,
      Replicas replicas,
      PlacementSettings settings,
      long cacheBytes,
      BlockCounters counters) {
    NodeBlocks verified = new VerifyingChunks(nodes, counters);
    return new CachingBlocks(
        new RetryingBlocks(new PlacedBlocks(verified, replicas, settings, counters)),
        cacheBytes,
        counters);
  }
}
