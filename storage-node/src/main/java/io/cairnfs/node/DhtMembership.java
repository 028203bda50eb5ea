package io.cairnfs.node;

import io.cairnfs.dht.Locator;
import io.cairnfs.dht.driver.DhtNode;
import io.cairnfs.dht.driver.DhtOptions;
import io.cairnfs.dht.driver.FileAddressBook;
import io.cairnfs.dht.record.Ed25519Verifier;
import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.dht.record.RecordSigner;
import io.cairnfs.node.cell.CellDirectory;
import io.cairnfs.node.cell.CellValues;
import io.cairnfs.node.cell.DhtCells;
import io.cairnfs.node.config.NodeConfig;
import io.cairnfs.node.head.DhtVolumes;
import io.cairnfs.node.head.FoundingValues;
import io.cairnfs.node.head.VolumeDirectory;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

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
            .withValidator(CellValues::isValid)
            .withBook(new FileAddressBook(book(config), new Ed25519Verifier()));
    return new DhtMembership(DhtNode.create(transport, signer, nothing, options));
  }

  /** Where a node remembers its peers; made when it has first been a part of its cluster. */
  static Path book(NodeConfig config) {
    return config.data().resolve("peers");
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
  public void announceState(NodeState state) {
    dht.update(self -> self.withState(state));
  }

  @Override
  public Locator locator() {
    return dht;
  }

  @Override
  public List<Founding> foundings() throws WireException, InterruptedException {
    return dht.values().stream().map(FoundingValues::read).filter(Objects::nonNull).toList();
  }

  @Override
  public VolumeDirectory volumes() {
    return new DhtVolumes(dht);
  }

  @Override
  public CellDirectory cells() {
    return new DhtCells(dht);
  }

  @Override
  public void close() {
    dht.close();
  }
}
