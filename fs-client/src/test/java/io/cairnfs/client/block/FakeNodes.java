package io.cairnfs.client.block;

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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A few nodes in memory, in a fixed order of placement, that can be down, stopped, slow, lying or
 * full.
 */
final class FakeNodes implements NodeBlocks, Replicas {

  /** How a node behaves. */
  enum Mood {
    WELL,
    DOWN,
    /** Takes requests and answers none, as after SIGSTOP. */
    STOPPED,
    LYING,
    FULL
  }

  /** One node. */
  static final class Node {
    final Replica replica;
    final Map<Cid, byte[]> stored = new ConcurrentHashMap<>();
    final AtomicInteger requests = new AtomicInteger();
    volatile Mood mood = Mood.WELL;
    volatile Duration latency = Duration.ZERO;

    Node(int number) {
      byte[] key = new byte[Key256.BYTES];
      key[0] = (byte) number;
      NodeId id = new NodeId(Key256.of(key));
      replica = new Replica(id, new Peer(id, List.of()), true);
    }
  }

  private final List<Node> nodes = new ArrayList<>();

  /** Looked up nodes that only a fresh lookup finds. */
  private final List<Node> hidden = new ArrayList<>();

  FakeNodes(int count) {
    for (int i = 0; i < count; i++) {
      nodes.add(new Node(i));
    }
  }

  Node node(int number) {
    return nodes.get(number);
  }

  Node addHidden() {
    Node node = new Node(nodes.size() + hidden.size());
    hidden.add(node);
    return node;
  }

  /** How many nodes hold a block. */
  long copies(Cid cid) {
    return nodes.stream().filter(node -> node.stored.containsKey(cid)).count();
  }

  @Override
  public List<Replica> order(Key256 key, boolean fresh, Duration timeout) {
    List<Replica> order = new ArrayList<>();
    nodes.forEach(node -> order.add(node.replica));
    if (fresh) {
      hidden.forEach(node -> order.add(node.replica));
    }
    return order;
  }

  @Override
  public boolean isUp(NodeId node) {
    return true;
  }

  @Override
  public void suspect(NodeId node) {}

  private Node reach(Peer peer, Duration timeout) throws WireException, InterruptedException {
    List<Node> all = new ArrayList<>(nodes);
    all.addAll(hidden);
    Node node =
        all.stream().filter(one -> one.replica.peer().equals(peer)).findFirst().orElseThrow();
    node.requests.incrementAndGet();
    if (node.mood == Mood.DOWN) {
      throw new WireException(WireError.UNREACHABLE, "down");
    }
    if (node.mood == Mood.STOPPED || node.latency.compareTo(timeout) > 0) {
      new CountDownLatch(1).await(timeout.toNanos(), TimeUnit.NANOSECONDS);
      throw new WireException(WireError.TIMEOUT, "stopped");
    }
    Thread.sleep(node.latency);
    return node;
  }

  @Override
  public byte[] get(Peer peer, Cid cid, Duration timeout)
      throws WireException, InterruptedException {
    Node node = reach(peer, timeout);
    byte[] bytes = node.stored.get(cid);
    if (bytes == null) {
      throw new WireException(WireError.NOT_FOUND, "not here");
    }
    if (node.mood == Mood.LYING) {
      byte[] wrong = bytes.clone();
      wrong[wrong.length / 2] ^= 1;
      return wrong;
    }
    return bytes;
  }

  @Override
  public byte[] get(Peer peer, Chunk chunk, Duration timeout)
      throws WireException, InterruptedException {
    byte[] block = get(peer, chunk.block(), timeout);
    int end = chunk.offset() + chunk.length();
    if (end > block.length) {
      throw new WireException(WireError.BAD_RANGE, "the block ends before");
    }
    return Arrays.copyOfRange(block, chunk.offset(), end);
  }

  @Override
  public void put(Peer peer, List<Block> blocks, Duration timeout)
      throws WireException, InterruptedException {
    Node node = reach(peer, timeout);
    if (node.mood == Mood.FULL) {
      throw new WireException(WireError.NO_SPACE, "full");
    }
    blocks.forEach(block -> node.stored.put(block.cid(), block.bytes()));
  }

  @Override
  public Set<Cid> have(Peer peer, List<Cid> cids, Duration timeout)
      throws WireException, InterruptedException {
    Set<Cid> present = new HashSet<>(cids);
    present.retainAll(reach(peer, timeout).stored.keySet());
    return present;
  }
}
