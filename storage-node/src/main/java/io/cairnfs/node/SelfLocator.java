package io.cairnfs.node;

import io.cairnfs.dht.Locator;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** A cluster of one: every block belongs here. */
final class SelfLocator implements Locator {

  private final NodeRecord self;

  SelfLocator(NodeRecord self) {
    this.self = self;
  }

  @Override
  public List<NodeRecord> candidates(Key256 key, Duration timeout) {
    return List.of(self);
  }

  @Override
  public List<NodeRecord> lookUp(Key256 key, Duration timeout) {
    return List.of(self);
  }

  @Override
  public Collection<NodeRecord> known() {
    return List.of(self);
  }

  @Override
  public boolean isUp(NodeId node) {
    return node.equals(self.id());
  }

  @Override
  public void suspect(NodeId node) {
    // This process is up as long as it can be asked.
  }
}
