package io.cairnfs.node.testing;

import io.cairnfs.dht.Locator;
import io.cairnfs.dht.record.Ed25519Signer;
import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeRole;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A cluster that everybody knows, some of it down: the same view for all its members. */
public final class TestCluster implements Locator {

  private final List<NodeRecord> records = new CopyOnWriteArrayList<>();
  private final Map<NodeId, Ed25519Signer> signers = new ConcurrentHashMap<>();
  private final Set<NodeId> down = ConcurrentHashMap.newKeySet();

  /** Adds a node that stores blocks. */
  public NodeRecord add() {
    Ed25519Signer signer = Ed25519Signer.generate();
    NodeRecord record = NodeRecord.sign(description(NodeState.ACTIVE), signer);
    signers.put(record.id(), signer);
    records.add(record);
    return record;
  }

  private static NodeDescription description(NodeState state) {
    return new NodeDescription(
        1, List.of(), "", 1 << 30, 1 << 30, state, Set.of(NodeRole.STORES_BLOCKS));
  }

  /** A node says that it is in another state. */
  public void setState(NodeId node, NodeState state) {
    put(NodeRecord.sign(description(state), Objects.requireNonNull(signers.get(node))));
  }

  /** A node was away for too long, or has left: nobody reckons with it any more. */
  public void remove(NodeId node) {
    records.removeIf(record -> record.id().equals(node));
  }

  /** A node is back, or says something else of itself. */
  public void put(NodeRecord record) {
    remove(record.id());
    records.add(record);
  }

  public void setUp(NodeId node, boolean up) {
    if (up) {
      down.remove(node);
    } else {
      down.add(node);
    }
  }

  @Override
  public List<NodeRecord> candidates(Key256 key, Duration timeout) {
    return records.stream()
        .sorted((a, b) -> key.compareDistance(a.id().key(), b.id().key()))
        .toList();
  }

  @Override
  public List<NodeRecord> lookUp(Key256 key, Duration timeout) {
    return candidates(key, timeout);
  }

  @Override
  public Collection<NodeRecord> known() {
    return List.copyOf(records);
  }

  @Override
  public boolean isUp(NodeId node) {
    return !down.contains(node);
  }

  @Override
  public void suspect(NodeId node) {}
}
