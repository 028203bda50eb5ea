package io.cairnfs.protocol.head;

import io.cairnfs.protocol.identity.Identity;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;

/**
 * Signs founding records with a volume's key and checks them, so that nobody but the owner can say
 * where a volume's head is.
 */
public final class FoundingSignature {

  private static final String DOMAIN = "cairn-founding:";

  private FoundingSignature() {}

  /**
   * The record with a signature in place of whatever it carried.
   *
   * @param key the private key of {@code record.volume()}
   */
  public static Founding sign(Founding record, PrivateKey key) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(OwnerSignature.ALGORITHM);
    signature.initSign(key);
    signature.update(signedBytes(record));
    return record.withSignature(signature.sign());
  }

  /** The record signed by {@code record.volume()}'s owner. */
  public static Founding sign(Founding record, Identity owner) {
    return record.withSignature(owner.sign(signedBytes(record)));
  }

  /** Whether the record was signed by its volume's key. */
  public static boolean verify(Founding record) {
    return OwnerSignature.verify(record.volume(), signedBytes(record), record.signature());
  }

  private static byte[] signedBytes(Founding record) {
    return OwnerSignature.signedBytes(
        DOMAIN, HeadMessages.encode(record).toBuilder().clearSignature().build().toByteArray());
  }
}
