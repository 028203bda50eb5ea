package io.cairnfs.protocol.head;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Stands for a volume's whole history up to a sequence: the SHA-256 of the hash before it and of
 * one more delta. Whoever knows one link can check all that follow, so that a head can neither
 * change nor drop what it once showed. Immutable.
 */
public final class ChainHash {

  /** Length of a hash in bytes. */
  public static final int BYTES = 32;

  private static final byte[] DOMAIN = "cairn-deltas:".getBytes(StandardCharsets.US_ASCII);

  private final byte[] hash;

  private ChainHash(byte[] hash) {
    this.hash = hash;
  }

  /**
   * @throws IllegalArgumentException if the length is not {@link #BYTES}
   */
  public static ChainHash of(byte[] hash) {
    if (hash.length != BYTES) {
      throw new IllegalArgumentException(
          "a chain hash has " + BYTES + " bytes, not " + hash.length);
    }
    return new ChainHash(hash.clone());
  }

  /** The hash of a volume's empty history, at sequence 0. */
  public static ChainHash start(VolumeId volume) {
    MessageDigest digest = sha256();
    digest.update(DOMAIN);
    digest.update(volume.toBytes());
    return new ChainHash(digest.digest());
  }

  /** The hash after one more delta. */
  public ChainHash next(long sequence, SessionId session, byte[] body) {
    return next(sequence, session, body, 0, body.length);
  }

  /** As {@link #next(long, SessionId, byte[])}, for a body that is part of an array. */
  public ChainHash next(long sequence, SessionId session, byte[] bodies, int offset, int length) {
    MessageDigest digest = sha256();
    digest.update(hash);
    digest.update(
        ByteBuffer.allocate(3 * Long.BYTES)
            .putLong(sequence)
            .putLong(session.value().getMostSignificantBits())
            .putLong(session.value().getLeastSignificantBits())
            .flip());
    digest.update(bodies, offset, length);
    return new ChainHash(digest.digest());
  }

  public byte[] toBytes() {
    return hash.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChainHash that && Arrays.equals(hash, that.hash);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(hash);
  }

  /** 64 hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(hash);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
