package io.cairnfs.it;

import io.cairnfs.client.block.DhtReplicas;
import io.cairnfs.client.fuse.mounting.MountOptions;
import io.cairnfs.client.mount.Backend;
import io.cairnfs.client.mount.MountSettings;
import io.cairnfs.client.mount.VolumeMount;
import io.cairnfs.client.vfs.FileSystemStatus;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.VolumeId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Mounts a volume of a cluster, for tests that kill it, and that switch its safeguards off.
 *
 * <p>Arguments: the file of the join token, a node's port, the volume's id, mount point, {@link
 * CrashMount#SAFE} or else commits do not wait for their blocks.
 */
final class ClusterMountMain {

  private static final int CANDIDATES = 20;

  /** The lease of the one before, which was killed, and some time. */
  private static final Duration LEASE = Duration.ofSeconds(15);

  private static final FileSystemStatus STATUS =
      new FileSystemStatus(4096, 1 << 20, 1 << 20, 1 << 20, 1 << 20, 1 << 20);

  private ClusterMountMain() {}

  public static void main(String[] arguments) throws Exception {
    VolumeId volume = VolumeId.parse(arguments[2]);
    MountOptions options = MountOptions.DEFAULT.withTimeout(CrashMount.TIMEOUT);
    MountSettings settings =
        MountSettings.of(Path.of(arguments[3]), options, "test")
            .withAwaitBlocks(arguments[4].equals(CrashMount.SAFE));
    try (ClusterClient client =
        ClusterClient.join(Path.of(arguments[0]), Integer.parseInt(arguments[1]))) {
      Backend backend =
          new Backend(
              new SlowPuts(client.transport(), CrashMount.PUT_DELAY),
              client.nodes(),
              new DhtReplicas(client.dht(), CANDIDATES),
              client.nodes()::voters,
              usage -> STATUS,
              false);
      VolumeMount mount = mount(backend, client.find(volume), settings);
      System.out.println(CrashMount.READY);
      mount.awaitEnd();
    }
    System.exit(0);
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
