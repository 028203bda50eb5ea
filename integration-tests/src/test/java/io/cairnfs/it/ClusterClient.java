package io.cairnfs.it;

import io.cairnfs.client.head.HeadPlace;
import io.cairnfs.dht.core.Value;
import io.cairnfs.dht.driver.DhtNode;
import io.cairnfs.dht.driver.DhtOptions;
import io.cairnfs.dht.record.IdentitySigner;
import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeRecord;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.node.cell.CellValues;
import io.cairnfs.node.head.FoundingValues;
import io.cairnfs.protocol.admission.ClosedAdmission;
import io.cairnfs.protocol.admission.JoinToken;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.netty.NettyTransport;
import io.cairnfs.protocol.transport.netty.TransportConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** A client of a cluster in this process. */
final class ClusterClient implements AutoCloseable {

  private static final Duration JOIN = Duration.ofSeconds(30);

  private final NettyTransport transport;
  private final DhtNode dht;

  private ClusterClient(NettyTransport transport, DhtNode dht) {
    this.transport = transport;
    this.dht = dht;
  }

  /**
   * @param tokenFile of the cluster
   * @param port of a node on this host
   */
  static ClusterClient join(Path tokenFile, int port) throws IOException, InterruptedException {
    Identity identity = Identity.generate();
    JoinToken token = JoinToken.load(tokenFile);
    ClosedAdmission admission = new ClosedAdmission(identity.id(), Set.of(), token, id -> {});
    NettyTransport transport = NettyTransport.open(identity, admission, TransportConfig.defaults());
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    NodeDescription nothing =
        new NodeDescription(1, List.of(), "", 0, 0, NodeState.ACTIVE, Set.of());
    DhtOptions options =
        DhtOptions.client(List.of(new Peer(null, List.of(address))))
            .withValidator(CellValues::isValid);
    DhtNode dht = DhtNode.create(transport, new IdentitySigner(identity), nothing, options);
    dht.start();
    ClusterClient client = new ClusterClient(transport, dht);
    if (!dht.awaitJoined(JOIN)) {
      client.close();
      throw new IOException("no node answers");
    }
    return client;
  }

  Transport transport() {
    return transport;
  }

  DhtNode dht() {
    return dht;
  }

  /** All nodes: those that do not vote on a volume say that they do not know it. */
  HeadPlace nodes() {
    return () -> dht.known().stream().map(NodeRecord::peer).toList();
  }

  /** The record of a volume, which the DHT has as soon as its nodes are up. */
  Founding find(VolumeId volume) throws IOException, InterruptedException {
    long end = System.nanoTime() + JOIN.toNanos();
    while (System.nanoTime() < end) {
      try {
        Value value = dht.getValue(FoundingValues.keyOf(volume), JOIN).value();
        Founding founding = value == null ? null : FoundingValues.read(value);
        if (founding != null) {
          return founding;
        }
      } catch (WireException e) {
        // The nodes are starting.
      }
      Thread.sleep(100);
    }
    throw new IOException("no node knows volume " + volume);
  }

  @Override
  public void close() {
    dht.close();
    transport.close();
  }
}
