package io.cairnfs.protocol.identity;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** Ed25519 signatures with raw public keys, as RFC 8032 defines them. */
public final class Ed25519 {

  /** Length of a raw public key in bytes. */
  public static final int PUBLIC_KEY_BYTES = 32;

  /** Length of a signature in bytes. */
  public static final int SIGNATURE_BYTES = 64;

  static final String ALGORITHM = "Ed25519";

  /** What precedes the raw key in its SubjectPublicKeyInfo (RFC 8410, section 4). */
  private static final byte[] SPKI_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private Ed25519() {}

  /**
   * Whether a signature is the key's over the message.
   *
   * @param publicKey raw, 32 bytes
   * @return false also if key or signature are not well formed
   */
  public static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
    if (publicKey.length != PUBLIC_KEY_BYTES || signature.length != SIGNATURE_BYTES) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance(ALGORITHM);
      verifier.initVerify(decode(publicKey));
      verifier.update(message);
      return verifier.verify(signature);
    } catch (InvalidKeySpecException | SignatureException e) {
      return false; // not a point of the curve, or not a signature: nobody signed
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has Ed25519", e);
    }
  }

  static byte[] rawOf(PublicKey key) {
    byte[] encoded = key.getEncoded();
    return Arrays.copyOfRange(encoded, SPKI_PREFIX.length, encoded.length);
  }

  private static PublicKey decode(byte[] raw) throws GeneralSecurityException {
    byte[] encoded = Arrays.copyOf(SPKI_PREFIX, SPKI_PREFIX.length + raw.length);
    System.arraycopy(raw, 0, encoded, SPKI_PREFIX.length, raw.length);
    return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded));
  }
}
