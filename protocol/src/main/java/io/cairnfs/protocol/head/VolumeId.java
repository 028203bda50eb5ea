package io.cairnfs.protocol.head;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A volume's id: its Ed25519 public key. Its text form is the IPNS name of the key, a base36 CIDv1
 * of the codec libp2p-key ({@code k51...}).
 */
public final class VolumeId {

  /** Length of a raw Ed25519 public key in bytes. */
  public static final int BYTES = 32;

  private final byte[] publicKey;

  private VolumeId(byte[] publicKey) {
    this.publicKey = publicKey;
  }

  /**
   * @throws IllegalArgumentException if the length is not {@link #BYTES}
   */
  public static VolumeId of(byte[] publicKey) {
    if (publicKey.length != BYTES) {
      throw new IllegalArgumentException(
          "a volume id has " + BYTES + " bytes, not " + publicKey.length);
    }
    return new VolumeId(publicKey.clone());
  }

  public byte[] toBytes() {
    return publicKey.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VolumeId id && Arrays.equals(publicKey, id.publicKey);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(publicKey);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(publicKey);
  }
}
