package io.cairnfs.dht.record;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Signature;

/** Signs records with an Ed25519 key of the Java platform. */
public final class Ed25519Signer implements RecordSigner {

  /**
   * Ed25519 keys are encoded with a prefix of constant length (RFC 8410); the raw key is the rest.
   */
  static final int RAW_KEY_BYTES = 32;

  private final PrivateKey privateKey;
  private final ByteString publicKey;
  private final NodeId id;

  /**
   * @param keys an Ed25519 key pair
   */
  public Ed25519Signer(KeyPair keys) {
    this.privateKey = keys.getPrivate();
    byte[] encoded = keys.getPublic().getEncoded();
    this.publicKey = ByteString.copyFrom(encoded, encoded.length - RAW_KEY_BYTES, RAW_KEY_BYTES);
    this.id = idOf(publicKey);
  }

  /** A signer with a new key. */
  public static Ed25519Signer generate() {
    try {
      return new Ed25519Signer(KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has Ed25519", e);
    }
  }

  static NodeId idOf(ByteString publicKey) {
    try {
      return new NodeId(
          Key256.of(MessageDigest.getInstance("SHA-256").digest(publicKey.toByteArray())));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  @Override
  public NodeId id() {
    return id;
  }

  @Override
  public ByteString publicKey() {
    return publicKey;
  }

  @Override
  public ByteString sign(ByteString message) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(privateKey);
      signature.update(message.toByteArray());
      return ByteString.copyFrom(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the identity's key cannot sign", e);
    }
  }
}
