package io.cairnfs.protocol.cid;

import io.cairnfs.protocol.identity.Key256;
import java.nio.ByteBuffer;
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

  /** The SHA-256 multihash of some content. */
  public static Multihash sha256(byte[] content) {
    return new Multihash(SHA2_256, digestOf(content));
  }

  /**
   * The multihash with a SHA-256 digest that was computed elsewhere.
   *
   * @throws IllegalArgumentException if it has not 32 bytes
   */
  public static Multihash ofSha256(byte[] digest) {
    requireLength(SHA2_256, digest.length);
    return new Multihash(SHA2_256, digest.clone());
  }

  /**
   * The multihash that carries some bytes itself.
   *
   * @throws IllegalArgumentException if they are more than {@link #MAX_IDENTITY_BYTES}
   */
  public static Multihash identity(byte[] content) {
    requireLength(IDENTITY, content.length);
    return new Multihash(IDENTITY, content.clone());
  }

  /**
   * Reads a binary multihash that other bytes may follow, and advances the buffer past it.
   *
   * @throws IllegalArgumentException for another hash function, a wrong length or missing bytes
   */
  public static Multihash read(ByteBuffer from) {
    long code = Varint.read(from);
    long length = Varint.read(from);
    requireLength(code, length);
    if (length > from.remaining()) {
      throw new IllegalArgumentException(
          "a multihash of " + length + " bytes is cut short at " + from.remaining());
    }
    byte[] digest = new byte[(int) length];
    from.get(digest);
    return new Multihash((int) code, digest);
  }

  private static void requireLength(long code, long length) {
    if (code == SHA2_256) {
      if (length != SHA2_256_BYTES) {
        throw new IllegalArgumentException("a sha2-256 digest has 32 bytes, not " + length);
      }
    } else if (code == IDENTITY) {
      if (length > MAX_IDENTITY_BYTES) {
        throw new IllegalArgumentException(
            "an identity hash carries at most 128 bytes, not " + length);
      }
    } else {
      throw new IllegalArgumentException("unknown hash function 0x" + Long.toHexString(code));
    }
  }

  private static byte[] digestOf(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  public int code() {
    return code;
  }

  /** The digest, copied. */
  public byte[] digest() {
    return digest.clone();
  }

  Key256 key() {
    return Key256.of(digest);
  }

  /** Whether the content has this hash. */
  public boolean matches(byte[] content) {
    return Arrays.equals(digest, code == IDENTITY ? content : digestOf(content));
  }

  /** Length of the binary form in bytes. */
  public int encodedLength() {
    return Varint.length(code) + Varint.length(digest.length) + digest.length;
  }

  /**
   * Writes the binary form.
   *
   * @return the offset after it
   */
  public int write(byte[] to, int offset) {
    int at = Varint.write(digest.length, to, Varint.write(code, to, offset));
    System.arraycopy(digest, 0, to, at, digest.length);
    return at + digest.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Multihash hash
        && code == hash.code
        && Arrays.equals(digest, hash.digest);
  }

  @Override
  public int hashCode() {
    // A digest is random: any four of its bytes are a hash code. An identity's content is not.
    return code == SHA2_256
        ? digest[0] << 24 | (digest[1] & 0xff) << 16 | (digest[2] & 0xff) << 8 | (digest[3] & 0xff)
        : Arrays.hashCode(digest);
  }

  /** The digest in hexadecimal, for logs. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(digest);
  }
}
