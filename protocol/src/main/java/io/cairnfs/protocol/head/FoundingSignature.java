package io.cairnfs.protocol.head;

import io.cairnfs.protocol.identity.Identity;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/**
 * Signs founding records with a volume's key and checks them: Ed25519 (RFC 8032) over the encoded
 * record, so that nobody but the owner can say where a volume's head is.
 */
public final class FoundingSignature {

  private static final String ALGORITHM = "Ed25519";
  private static final byte[] DOMAIN = "cairn-founding:".getBytes(StandardCharsets.US_ASCII);

  /** The DER that precedes a raw Ed25519 public key in its X.509 form (RFC 8410). */
  private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private FoundingSignature() {}

  /**
   * The record with a signature in place of whatever it carried.
   *
   * @param key the private key of {@code record.volume()}
   */
  public static Founding sign(Founding record, PrivateKey key) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(ALGORITHM);
    signature.initSign(key);
    signature.update(signedBytes(record));
    return with(record, signature.sign());
  }

  /** The record signed by {@code record.volume()}'s owner. */
  public static Founding sign(Founding record, Identity owner) {
    return with(record, owner.sign(signedBytes(record)));
  }

  private static Founding with(Founding record, byte[] signature) {
    return new Founding(
        record.volume(),
        record.name(),
        record.voters(),
        record.replication(),
        record.created(),
        signature);
  }

  /** Whether the record was signed by its volume's key. */
  public static boolean verify(Founding record) {
    try {
      byte[] x509 = concat(X509_PREFIX, record.volume().toBytes());
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(
          KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(x509)));
      signature.update(signedBytes(record));
      return signature.verify(record.signature());
    } catch (GeneralSecurityException e) {
      // The key is not a point of the curve, or the signature has another length: not signed by it.
      return false;
    }
  }

  private static byte[] signedBytes(Founding record) {
    return concat(
        DOMAIN, HeadMessages.encode(record).toBuilder().clearSignature().build().toByteArray());
  }

  private static byte[] concat(byte[] first, byte[] second) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(first.length + second.length);
    bytes.writeBytes(first);
    bytes.writeBytes(second);
    return bytes.toByteArray();
  }
}
