package io.cairnfs.protocol.identity;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The id of a node or client: SHA-256 of its raw 32-byte Ed25519 public key. Nobody can choose or
 * take one.
 *
 * @param key the id as a point of the key space
 */
public record NodeId(Key256 key) implements Comparable<NodeId> {

  /**
   * The id that follows from a key.
   *
   * @param publicKey raw, {@link Ed25519#PUBLIC_KEY_BYTES} long
   * @throws IllegalArgumentException if it has another length
   */
  public static NodeId ofPublicKey(byte[] publicKey) {
    if (publicKey.length != Ed25519.PUBLIC_KEY_BYTES) {
      throw new IllegalArgumentException(
          "an Ed25519 public key has 32 bytes, not " + publicKey.length);
    }
    try {
      return new NodeId(Key256.of(MessageDigest.getInstance("SHA-256").digest(publicKey)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** Parses the text form of {@link #toString}. */
  public static NodeId parse(String hex) {
    return new NodeId(Key256.parse(hex));
  }

  @Override
  public int compareTo(NodeId other) {
    return key.compareTo(other.key);
  }

  /** 64 hexadecimal digits. */
  @Override
  public String toString() {
    return key.toString();
  }
}
