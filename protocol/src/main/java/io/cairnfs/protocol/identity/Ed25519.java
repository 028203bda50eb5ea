package io.cairnfs.protocol.identity;

import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * Ed25519 signatures with raw public keys, as RFC 8032 defines them. By Bouncy Castle, which takes
 * a seventh of the time of the JDK to verify and a fifteenth to sign: strangers make a node verify.
 */
public final class Ed25519 {

  /** Length of a raw public key in bytes. */
  public static final int PUBLIC_KEY_BYTES = 32;

  /** Length of a signature in bytes. */
  public static final int SIGNATURE_BYTES = 64;

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
      Ed25519Signer verifier = new Ed25519Signer();
      verifier.init(false, new Ed25519PublicKeyParameters(publicKey));
      verifier.update(message, 0, message.length);
      return verifier.verifySignature(signature);
    } catch (IllegalArgumentException e) {
      return false; // not a point of the curve: nobody has such a key
    }
  }

  static byte[] sign(Ed25519PrivateKeyParameters key, byte[] message) {
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, key);
    signer.update(message, 0, message.length);
    return signer.generateSignature();
  }
}
