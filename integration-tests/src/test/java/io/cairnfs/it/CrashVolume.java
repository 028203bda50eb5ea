package io.cairnfs.it;

import io.cairnfs.protocol.head.Founding;
import io.cairnfs.protocol.head.FoundingSignature;
import io.cairnfs.protocol.head.Head;
import io.cairnfs.protocol.head.HeadException;
import io.cairnfs.protocol.head.VolumeId;
import io.cairnfs.protocol.head.VolumeInfo;
import io.cairnfs.protocol.identity.NodeId;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** The only volume of a crash test. */
final class CrashVolume {

  private CrashVolume() {}

  /**
   * The volume at a voter, which is founded if there is none.
   *
   * @param head of the voter
   * @param replication of a new one
   */
  static Founding foundOrFind(Head head, NodeId voter, int replication)
      throws HeadException, InterruptedException, GeneralSecurityException {
    List<VolumeInfo> volumes = head.list(CrashMount.TIMEOUT);
    if (!volumes.isEmpty()) {
      return volumes.getFirst().founding();
    }
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] encoded = keys.getPublic().getEncoded();
    VolumeId id =
        VolumeId.of(Arrays.copyOfRange(encoded, encoded.length - VolumeId.BYTES, encoded.length));
    Founding unsigned =
        new Founding(id, "test", List.of(voter), replication, Instant.now(), new byte[0]);
    Founding founding = FoundingSignature.sign(unsigned, keys.getPrivate());
    head.found(founding, CrashMount.TIMEOUT);
    return founding;
  }
}
