package io.cairnfs.dht.record;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.identity.NodeId;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/** Verifies Ed25519 signatures with the Java platform. */
public final class Ed25519Verifier implements RecordVerifier {

  /** SubjectPublicKeyInfo of an Ed25519 key up to the raw key (RFC 8410). */
  private static final ByteString KEY_PREFIX =
      ByteString.copyFrom(HexFormat.of().parseHex("302a300506032b6570032100"));

  @Override
  public NodeId verify(ByteString publicKey, ByteString message, ByteString signature)
      throws InvalidRecordException {
    if (publicKey.size() != Ed25519Signer.RAW_KEY_BYTES) {
      throw new InvalidRecordException("a public key of " + publicKey.size() + " bytes");
    }
    if (!signed(publicKey, message, signature)) {
      throw new InvalidRecordException("the signature is not by " + Ed25519Signer.idOf(publicKey));
    }
    return Ed25519Signer.idOf(publicKey);
  }

  private static boolean signed(ByteString publicKey, ByteString message, ByteString signature)
      throws InvalidRecordException {
    try {
      PublicKey key =
          KeyFactory.getInstance("Ed25519")
              .generatePublic(new X509EncodedKeySpec(KEY_PREFIX.concat(publicKey).toByteArray()));
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(message.toByteArray());
      return verifier.verify(signature.toByteArray());
    } catch (GeneralSecurityException e) {
      throw new InvalidRecordException("a key or signature that is not Ed25519", e);
    }
  }
}
