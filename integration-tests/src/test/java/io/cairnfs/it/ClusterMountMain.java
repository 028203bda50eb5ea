package io.cairnfs.it;

import io.cairnfs.client.block.DhtReplicas;
import io.cairnfs.client.fuse.mounting.MountOptions;
import io.cairnfs.client.head.RemoteHead;
import io.cairnfs.client.mount.Backend;
import io.cairnfs.client.mount.MountSettings;
import io.cairnfs.client.mount.VolumeMount;
import io.cairnfs.client.vfs.FileSystemStatus;
import io.cairnfs.dht.driver.DhtNode;
import io.cairnfs.dht.driver.DhtOptions;
import io.cairnfs.dht.record.IdentitySigner;
import io.cairnfs.dht.record.NodeDescription;
import io.cairnfs.dht.record.NodeState;
import io.cairnfs.protocol.admission.ClosedAdmission;
import io.cairnfs.protocol.admission.JoinToken;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.netty.NettyTransport;
import io.cairnfs.protocol.transport.netty.TransportConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Mounts a volume of a cluster, for tests that kill it, and that switch its safeguards off.
 *
 * <p>Arguments: the file of the join token, the voter's id and port, mount point, {@link
 * CrashMount#SAFE} or else commits do not wait for their blocks.
 */
final class ClusterMountMain {

  private static final int REPLICATION = 3;
  private static final int CANDIDATES = 20;
  private static final Duration JOIN = Duration.ofSeconds(30);

  /** The lease of the one before, which was killed, and some time. */
  private static final Duration LEASE = Duration.ofSeconds(15);

  private static final FileSystemStatus STATUS =
      new FileSystemStatus(4096, 1 << 20, 1 << 20, 1 << 20, 1 << 20, 1 << 20);

  private ClusterMountMain() {}

  public static void main(String[] arguments) throws Exception {
    Identity identity = Identity.generate();
    JoinToken token = JoinToken.load(Path.of(arguments[0]));
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[2]));
    Peer voter = new Peer(NodeId.parse(arguments[1]), List.of(address));
    MountOptions options = MountOptions.DEFAULT.withTimeout(CrashMount.TIMEOUT);
    MountSettings settings =
        MountSettings.of(Path.of(arguments[3]), options, "test")
            .withAwaitBlocks(arguments[4].equals(CrashMount.SAFE));
    ClosedAdmission admission = new ClosedAdmission(identity.id(), Set.of(), token, id -> {});
    try (NettyTransport transport =
            NettyTransport.open(identity, admission, TransportConfig.defaults());
        DhtNode dht = join(transport, identity, address)) {
      Backend backend =
          new Backend(
              new SlowPuts(transport, CrashMount.PUT_DELAY),
              () -> List.of(voter),
              new DhtReplicas(dht, CANDIDATES),
              usage -> STATUS,
              false);
      RemoteHead head = new RemoteHead(transport, () -> List.of(voter));
      NodeId voterId = NodeId.parse(arguments[1]);
      VolumeMount mount =
          mount(backend, CrashVolume.foundOrFind(head, voterId, REPLICATION), settings);
      System.out.println(CrashMount.READY);
      mount.awaitEnd();
    }
    System.exit(0);
  }

  private static DhtNode join(Transport transport, Identity self, InetSocketAddress address)
      throws IOException, InterruptedException {
    NodeDescription nothing =
        new NodeDescription(1, List.of(), "", 0, 0, NodeState.ACTIVE, Set.of());
    DhtOptions options = DhtOptions.client(List.of(new Peer(null, List.of(address))));
    DhtNode dht = DhtNode.create(transport, new IdentitySigner(self), nothing, options);
    dht.start();
    if (!dht.awaitJoined(JOIN)) {
      throw new IOException("no node answers");
    }
    return dht;
  }

  /** Mounts as soon as the one before has lost its lease. */
  private static VolumeMount mount(Backend backend, Founding founding, MountSettings settings)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + LEASE.toNanos();
    while (true) {
      try {
        return VolumeMount.mount(backend, founding, settings);
      } catch (IOException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        Thread.sleep(100);
      }
    }
  }
}
