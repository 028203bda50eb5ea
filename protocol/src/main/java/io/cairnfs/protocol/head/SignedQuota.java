package io.cairnfs.protocol.head;

import io.cairnfs.protocol.identity.Identity;

/**
 * A quota as its volume's owner wants it, signed by the volume's key.
 *
 * @param volume whose
 * @param quota what it may hold from now on
 * @param version one more than that of the quota that it replaces, so that nobody can bring back an
 *     old one; the first is 1
 * @param signature Ed25519 over {@code cairn-quota:} and the encoded rest
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
public record SignedQuota(VolumeId volume, Quota quota, long version, byte[] signature) {

  private static final String DOMAIN = "cairn-quota:";

  /**
   * A quota signed by its volume's owner.
   *
   * @param owner the key of {@code volume}
   */
  public static SignedQuota sign(VolumeId volume, Quota quota, long version, Identity owner) {
    SignedQuota unsigned = new SignedQuota(volume, quota, version, new byte[0]);
    return new SignedQuota(volume, quota, version, owner.sign(unsigned.signedBytes()));
  }

  /** Whether the volume's key signed it. */
  public boolean isGenuine() {
    return OwnerSignature.verify(volume, signedBytes(), signature);
  }

  private byte[] signedBytes() {
    return OwnerSignature.signedBytes(
        DOMAIN, HeadMessages.encode(this).toBuilder().clearSignature().build().toByteArray());
  }
}
