package io.cairnfs.node;

import io.cairnfs.dht.Locator;
import io.cairnfs.dht.driver.DhtNode;
import io.cairnfs.dht.driver.DhtOptions;
import io.cairnfs.dht.driver.FileAddressBook;
import io.cairnfs.dht.record.Ed25519Verifier;
import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.dht.record.RecordSigner;
import io.cairnfs.node.config.NodeConfig;
import io.cairnfs.node.head.FoundingValues;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * A node's place in its cluster by the DHT. It remembers peers in {@code peers} of its data
 * directory.
 */
final class DhtMembership implements Membership {

  private final DhtNode dht;

  private DhtMembership(DhtNode dht) {
    this.dht = dht;
  }

  static DhtMembership create(Transport transport, RecordSigner signer, NodeConfig config) {
    // Nobody sees this description: the node joins with a complete one.
    NodeDescription nothing =
        new NodeDescription(1, List.of(), config.zone(), 0, 0, NodeState.ACTIVE, config.roles());
    List<Peer> bootstrap =
        config.bootstrap().stream().map(address -> new Peer(null, List.of(address))).toList();
    DhtOptions options =
        DhtOptions.node(bootstrap)
            .withValidator(FoundingValues::isValid)
            .withBook(new FileAddressBook(config.data().resolve("peers"), new Ed25519Verifier()));
    return new DhtMembership(DhtNode.create(transport, signer, nothing, options));
  }

  @Override
  public void join(NodeDescription self, List<InetSocketAddress> bootstrap) throws IOException {
    dht.update(nothing -> self);
    dht.start();
  }

  @Override
  public void announceSpace(long capacityBytes, long freeBytes) {
    dht.update(self -> self.withSpace(capacityBytes, freeBytes));
  }

  @Override
  public Locator locator() {
    return dht;
  }

  @Override
  public void close() {
    dht.close();
  }
}
