package io.cairnfs.it;

import io.cairnfs.client.block.DhtReplicas;
import io.cairnfs.client.fuse.mounting.MountOptions;
import io.cairnfs.client.mount.Backend;
import io.cairnfs.client.mount.MountSettings;
import io.cairnfs.client.mount.VolumeMount;
import io.cairnfs.client.vfs.FileSystemStatus;
import io.cairnfs.node.EmbeddedNode;
import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeInfo;
import io.cairnfs.protocol.identity.NodeId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * Mounts a volume of an embedded node, for tests that kill it, and that switch its safeguards off.
 *
 * <p>Arguments: data directory, mount point, {@code safe} or {@code unsafe}: whether commits wait
 * for their blocks.
 */
final class MountMain {

  /** Printed when programs can use the mount. */
  static final String READY = "ready";

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** Long next to a commit, so that one that does not wait for its blocks is far ahead of them. */
  private static final Duration PUT_DELAY = Duration.ofMillis(150);

  private static final int RAW_KEY_BYTES = 32;
  private static final int CANDIDATES = 20;
  private static final FileSystemStatus STATUS =
      new FileSystemStatus(4096, 1 << 20, 1 << 20, 1 << 20, 1 << 20, 1 << 20);

  private MountMain() {}

  public static void main(String[] arguments) throws Exception {
    Path data = Path.of(arguments[0]);
    try (EmbeddedNode node = EmbeddedNode.open(data, "test")) {
      Backend backend =
          new Backend(
              new SlowPuts(node.transport(), PUT_DELAY),
              () -> List.of(node.self()),
              new DhtReplicas(node.locator(), CANDIDATES),
              usage -> STATUS,
              true);
      MountSettings settings =
          MountSettings.of(Path.of(arguments[1]), MountOptions.DEFAULT.withTimeout(TIMEOUT), "test")
              .withAwaitBlocks(arguments[2].equals("safe"));
      VolumeMount mount = VolumeMount.mount(backend, founding(node), settings);
      System.out.println(READY);
      mount.awaitEnd();
    }
    System.exit(0);
  }

  private static Founding founding(EmbeddedNode node)
      throws IOException, InterruptedException, GeneralSecurityException {
    List<VolumeInfo> volumes = node.heads().list(TIMEOUT);
    if (!volumes.isEmpty()) {
      return volumes.getFirst().founding();
    }
    Founding founding = newVolume(node.id());
    node.heads().found(founding, TIMEOUT);
    return founding;
  }

  private static Founding newVolume(NodeId voter) throws GeneralSecurityException {
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] encoded = keys.getPublic().getEncoded();
    VolumeId id =
        VolumeId.of(Arrays.copyOfRange(encoded, encoded.length - RAW_KEY_BYTES, encoded.length));
    Founding unsigned = new Founding(id, "test", List.of(voter), 1, Instant.now(), new byte[0]);
    return FoundingSignature.sign(unsigned, keys.getPrivate());
  }
}
