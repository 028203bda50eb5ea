package io.cairnfs.protocol.head;

import io.cairnfs.protocol.identity.Ed25519;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a volume's owner says is signed by the volume's key, whose public half is the volume's id:
 * Ed25519 (RFC 8032) over a message and a word for what it is, so that a signature is good for
 * nothing else.
 */
final class OwnerSignature {

  static final String ALGORITHM = "Ed25519";

  private OwnerSignature() {}

  /**
   * The bytes to sign.
   *
   * @param domain what the message is
   */
  static byte[] signedBytes(String domain, byte[] message) {
    return concat(domain.getBytes(StandardCharsets.US_ASCII), message);
  }

  /** Whether a volume's key signed these bytes. */
  static boolean verify(VolumeId volume, byte[] signedBytes, byte[] signature) {
    return Ed25519.verify(volume.toBytes(), signedBytes, signature);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(first.length + second.length);
    bytes.writeBytes(first);
    bytes.writeBytes(second);
    return bytes.toByteArray();
  }
}
