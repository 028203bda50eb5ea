package io.cairnfs.protocol.cid;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A self-describing hash: sha2-256, or identity, which carries the bytes themselves. Immutable.
 *
 * <p>Source: the multihash specification.
 */
public final class Multihash {

  /** Multicodec of the identity hash. */
  public static final int IDENTITY = 0x00;

  /** Multicodec of SHA-256. */
  public static final int SHA2_256 = 0x12;

  /** Longest identity digest that is accepted: the limit of the UnixFS specification. */
  public static final int MAX_IDENTITY_BYTES = 128;

  static final int SHA2_256_BYTES = 32;

  private final int code;
  private final byte[] digest;

  private Multihash(int code, byte[] digest) {
    this.code = code;
    this.digest = digest;
  }

  /**
   * @throws IllegalArgumentException for another hash function or a wrong length
   */
  static Multihash of(long code, byte[] digest) {
    if (code == SHA2_256) {
      if (digest.length != SHA2_256_BYTES) {
        throw new IllegalArgumentException("a sha2-256 digest has 32 bytes, not " + digest.length);
      }
    } else if (code == IDENTITY) {
      if (digest.length > MAX_IDENTITY_BYTES) {
        throw new IllegalArgumentException(
            "an identity hash carries at most 128 bytes, not " + digest.length);
      }
    } else {
      throw new IllegalArgumentException("unsupported hash function 0x" + Long.toHexString(code));
    }
    return new Multihash((int) code, digest.clone());
  }

  /** The SHA-256 multihash of some content. */
  public static Multihash sha256(byte[] content) {
    return new Multihash(SHA2_256, digest(content));
  }

  /** The multihash with a SHA-256 digest that was computed elsewhere. */
  public static Multihash ofSha256(byte[] digest) {
    return of(SHA2_256, digest);
  }

  private static byte[] digest(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  public int code() {
    return code;
  }

  public byte[] digest() {
    return digest.clone();
  }

  /** Whether the content has this hash. */
  public boolean matches(byte[] content) {
    return Arrays.equals(digest, code == IDENTITY ? content : digest(content));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Multihash hash
        && code == hash.code
        && Arrays.equals(digest, hash.digest);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(digest);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(digest);
  }
}
