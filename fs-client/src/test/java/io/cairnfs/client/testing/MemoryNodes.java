package io.cairnfs.client.testing;

import io.cairnfs.client.block.BlockClient;
import io.cairnfs.client.block.BlockCounters;
import io.cairnfs.client.block.Chunk;
import io.cairnfs.client.block.NodeBlocks;
import io.cairnfs.client.block.PlacedBlocks;
import io.cairnfs.client.block.PlacementSettings;
import io.cairnfs.client.block.Replicas;
import io.cairnfs.protocol.block.Block;
import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Nodes in memory that can be down and lose or spoil blocks; a block's replicas begin at the node
 * that its key picks. Thread-safe.
 */
public final class MemoryNodes implements NodeBlocks, Replicas {

  private final List<Replica> order = new ArrayList<>();
  private final Map<NodeId, Map<Cid, byte[]>> stored = new ConcurrentHashMap<>();
  private final Set<NodeId> down = ConcurrentHashMap.newKeySet();

  public MemoryNodes(int count) {
    for (int number = 1; number <= count; number++) {
      byte[] key = new byte[Key256.BYTES];
      key[0] = (byte) number;
      NodeId id = new NodeId(Key256.of(key));
      order.add(new Replica(id, new Peer(id, List.of()), true));
      stored.put(id, new ConcurrentHashMap<>());
    }
  }

  /** A client whose puts reach all replicas before they return. */
  public BlockClient client(int replication) {
    PlacementSettings settings = PlacementSettings.of(replication).withWriteAcks(replication);
    return new PlacedBlocks(this, this, settings, new BlockCounters());
  }

  private Map<Cid, byte[]> of(Peer node) throws WireException {
    NodeId id = Objects.requireNonNull(node.id());
    if (down.contains(id)) {
      throw new WireException(WireError.UNREACHABLE, "down");
    }
    return Objects.requireNonNull(stored.get(id));
  }

  private byte[] find(Peer node, Cid cid) throws WireException {
    byte[] bytes = of(node).get(cid);
    if (bytes == null) {
      throw new WireException(WireError.NOT_FOUND, cid.toString());
    }
    if (!cid.matches(bytes)) {
      throw new WireException(WireError.CORRUPT, cid.toString());
    }
    return bytes;
  }

  @Override
  public byte[] get(Peer node, Cid cid, Duration timeout) throws WireException {
    return find(node, cid);
  }

  @Override
  public byte[] get(Peer node, Chunk chunk, Duration timeout) throws WireException {
    byte[] block = find(node, chunk.block());
    return Arrays.copyOfRange(block, chunk.offset(), chunk.offset() + chunk.length());
  }

  @Override
  public void put(Peer node, List<Block> blocks, Duration timeout) throws WireException {
    Map<Cid, byte[]> target = of(node);
    blocks.forEach(block -> target.put(block.cid(), block.bytes()));
  }

  @Override
  public Set<Cid> have(Peer node, List<Cid> cids, Duration timeout) throws WireException {
    Set<Cid> present = new HashSet<>(cids);
    present.retainAll(of(node).keySet());
    return present;
  }

  @Override
  public List<Replica> order(Key256 key, boolean fresh, Duration timeout) {
    int first = Math.floorMod(key.toBytes()[0], order.size());
    List<Replica> rotated = new ArrayList<>(order.subList(first, order.size()));
    rotated.addAll(order.subList(0, first));
    return rotated;
  }

  @Override
  public boolean isUp(NodeId node) {
    return !down.contains(node);
  }

  @Override
  public void suspect(NodeId node) {
    // what is down stays down
  }

  /** The nodes of a block in the order of its placement. */
  public List<NodeId> nodesOf(Cid cid) {
    return order(cid.key(), false, Duration.ZERO).stream().map(Replica::id).toList();
  }

  public boolean has(NodeId node, Cid cid) {
    return Objects.requireNonNull(stored.get(node)).containsKey(cid);
  }

  public void setDown(NodeId node, boolean isDown) {
    if (isDown) {
      down.add(node);
    } else {
      down.remove(node);
    }
  }

  /** Makes one node lose a block. */
  public void lose(NodeId node, Cid cid) {
    Objects.requireNonNull(stored.get(node)).remove(cid);
  }

  /** Makes all nodes lose a block. */
  public void lose(Cid cid) {
    stored.values().forEach(blocks -> blocks.remove(cid));
  }

  /** Flips a bit of one node's replica. */
  public void spoil(NodeId node, Cid cid) {
    Objects.requireNonNull(stored.get(node))
        .computeIfPresent(
            cid,
            (key, bytes) -> {
              byte[] spoiled = bytes.clone();
              spoiled[spoiled.length / 2] ^= 1;
              return spoiled;
            });
  }

  /** Gives a block to one node. */
  public void give(Block block, NodeId to) {
    Objects.requireNonNull(stored.get(to)).put(block.cid(), block.bytes());
  }
}
