package io.cairnfs.protocol.cid;

import io.cairnfs.protocol.identity.Key256;

/**
 * A content identifier: the name of an immutable block. Immutable.
 *
 * <p>Source: the CID specification of multiformats. Versions 0 and 1 are read; 1 is made.
 */
public final class Cid {

  private final int version;
  private final Codec codec;
  private final Multihash hash;

  private Cid(int version, Codec codec, Multihash hash) {
    this.version = version;
    this.codec = codec;
    this.hash = hash;
  }

  /** The CIDv1 of some content, hashed with SHA-256. */
  public static Cid of(Codec codec, byte[] content) {
    return new Cid(1, codec, Multihash.sha256(content));
  }

  /** The CIDv1 with a known multihash. */
  public static Cid of(Codec codec, Multihash hash) {
    return new Cid(1, codec, hash);
  }

  public int version() {
    return version;
  }

  public Codec codec() {
    return codec;
  }

  public Multihash hash() {
    return hash;
  }

  /** Where the block lives in the key space: its SHA-256 digest. */
  public Key256 key() {
    return Key256.of(hash.digest());
  }

  /** Whether the content hashes to this CID. */
  public boolean matches(byte[] content) {
    return hash.matches(content);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cid cid
        && version == cid.version
        && codec == cid.codec
        && hash.equals(cid.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return hash.toString();
  }
}
