package io.cairnfs.protocol.head;

import io.cairnfs.protocol.cid.Cid;
import io.cairnfs.protocol.cid.Codec;
import io.cairnfs.protocol.cid.Multibase;
import io.cairnfs.protocol.cid.Multihash;
import java.util.Arrays;

/**
 * A volume's id: its Ed25519 public key. Its text form is the IPNS name of the key, a base36 CIDv1
 * of the codec libp2p-key ({@code k51...}).
 */
public final class VolumeId {

  /** Length of a raw Ed25519 public key in bytes. */
  public static final int BYTES = 32;

  /**
   * What precedes the raw key in libp2p's protobuf of it: field 1, type Ed25519; field 2, 32 bytes.
   */
  private static final byte[] LIBP2P_PREFIX = {0x08, 0x01, 0x12, BYTES};

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

  /**
   * Parses an IPNS name of an Ed25519 key, in any base that a CID may have.
   *
   * @throws IllegalArgumentException if it is not one
   */
  public static VolumeId parse(String name) {
    Cid cid = Cid.parse(name);
    byte[] key = cid.hash().digest();
    if (cid.codec() != Codec.LIBP2P_KEY
        || !cid.isIdentity()
        || key.length != LIBP2P_PREFIX.length + BYTES
        || !Arrays.equals(key, 0, LIBP2P_PREFIX.length, LIBP2P_PREFIX, 0, LIBP2P_PREFIX.length)) {
      throw new IllegalArgumentException("'" + name + "' is no IPNS name of an Ed25519 key");
    }
    return new VolumeId(Arrays.copyOfRange(key, LIBP2P_PREFIX.length, key.length));
  }

  /** The raw public key, copied. */
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

  /** The IPNS name. */
  @Override
  public String toString() {
    byte[] key = Arrays.copyOf(LIBP2P_PREFIX, LIBP2P_PREFIX.length + BYTES);
    System.arraycopy(publicKey, 0, key, LIBP2P_PREFIX.length, BYTES);
    return Cid.of(Codec.LIBP2P_KEY, Multihash.identity(key)).toString(Multibase.BASE36_LOWER);
  }
}
