package io.cairnfs.it;

import io.cairnfs.client.block.DhtReplicas;
import io.cairnfs.client.fuse.mounting.MountOptions;
import io.cairnfs.client.mount.Backend;
import io.cairnfs.client.mount.MountSettings;
import io.cairnfs.client.mount.VolumeMount;
import io.cairnfs.client.vfs.FileSystemStatus;
import io.cairnfs.node.EmbeddedNode;
import java.nio.file.Path;
import java.util.List;

/**
 * Mounts a volume of an embedded node, for tests that kill it, and that switch its safeguards off.
 *
 * <p>Arguments: data directory, mount point, {@link CrashMount#SAFE} or else commits do not wait
 * for their blocks.
 */
final class MountMain {

  private static final int CANDIDATES = 20;
  private static final FileSystemStatus STATUS =
      new FileSystemStatus(4096, 1 << 20, 1 << 20, 1 << 20, 1 << 20, 1 << 20);

  private MountMain() {}

  public static void main(String[] arguments) throws Exception {
    Path data = Path.of(arguments[0]);
    try (EmbeddedNode node = EmbeddedNode.open(data, "test")) {
      Backend backend =
          new Backend(
              new SlowPuts(node.transport(), CrashMount.PUT_DELAY),
              () -> List.of(node.self()),
              new DhtReplicas(node.locator(), CANDIDATES),
              () -> List.of(node.self()),
              usage -> STATUS,
              true);
      MountSettings settings =
          MountSettings.of(
                  Path.of(arguments[1]),
                  MountOptions.DEFAULT.withTimeout(CrashMount.TIMEOUT),
                  "test")
              .withAwaitBlocks(arguments[2].equals(CrashMount.SAFE));
      VolumeMount mount =
          VolumeMount.mount(backend, CrashVolume.foundOrFind(node.heads(), node.id(), 1), settings);
      System.out.println(CrashMount.READY);
      mount.awaitEnd();
    }
    System.exit(0);
  }
}
