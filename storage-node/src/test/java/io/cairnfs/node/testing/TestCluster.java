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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A cluster that everybody knows, some of it down: the same view for all its members. */
public final class TestCluster implements Locator {

  private final List<NodeRecord> records = new CopyOnWriteArrayList<>();
  private final Set<NodeId> down = ConcurrentHashMap.newKeySet();

  /** Adds a node that stores blocks. */
  public NodeRecord add() {
    NodeDescription description =
        new NodeDescription(
            1, List.of(), "", 1 << 30, 1 << 30, NodeState.ACTIVE, Set.of(NodeRole.STORES_BLOCKS));
    NodeRecord record = NodeRecord.sign(description, Ed25519Signer.generate());
    records.add(record);
    return record;
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
