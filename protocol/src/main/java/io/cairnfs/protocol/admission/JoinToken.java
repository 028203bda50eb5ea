package io.cairnfs.protocol.admission;

import io.cairnfs.protocol.cid.Multibase;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.identity.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The shared secret of a cluster: who has it may join. It never travels; a peer proves that it has
 * it by an HMAC over both identities, which is worth nothing to anybody else. Immutable.
 */
public final class JoinToken {

  /** Length of a token in bytes. */
  public static final int BYTES = 32;

  private static final String MAC = "HmacSHA256";
  private static final byte[] CONTEXT = "cairn-join-v1".getBytes(StandardCharsets.US_ASCII);

  private final byte[] secret;

  private JoinToken(byte[] secret) {
    this.secret = secret;
  }

  /** A new token from the system's random source. */
  public static JoinToken generate() {
    byte[] secret = new byte[BYTES];
    new SecureRandom().nextBytes(secret);
    return new JoinToken(secret);
  }

  /**
   * Parses the text form.
   *
   * @throws IllegalArgumentException if it is not one; the message does not repeat it
   */
  public static JoinToken parse(String text) {
    byte[] secret;
    try {
      secret = Multibase.BASE32_LOWER.decode(text.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("a join token is base32 in lower case", e);
    }
    if (secret.length != BYTES) {
      throw new IllegalArgumentException("a join token has 52 characters");
    }
    return new JoinToken(secret);
  }

  /**
   * Loads a token.
   *
   * @throws IOException if the file cannot be read, is no token, or is open to others than its
   *     owner
   */
  public static JoinToken load(Path file) throws IOException {
    String text = SecretFile.read(file);
    try {
      return parse(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " holds no join token: " + e.getMessage(), e);
    }
  }

  /**
   * Saves the token to a new file of mode 0600.
   *
   * @throws java.nio.file.FileAlreadyExistsException if the file exists
   */
  public void save(Path file) throws IOException {
    SecretFile.create(file, toText() + "\n");
  }

  /** The text form, base32: secret. */
  public String toText() {
    return Multibase.BASE32_LOWER.encode(secret);
  }

  /** What {@code prover} shows to {@code verifier}. */
  byte[] prove(NodeId prover, NodeId verifier) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(secret, MAC));
      mac.update(CONTEXT);
      mac.update(prover.key().toBytes());
      mac.update(verifier.key().toBytes());
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has HMAC-SHA256", e);
    }
  }

  /** Whether {@code prover} showed to {@code verifier} that it has this token. */
  boolean verify(NodeId prover, NodeId verifier, byte[] proof) {
    return MessageDigest.isEqual(prove(prover, verifier), proof);
  }

  @Override
  public String toString() {
    return "join token";
  }
}
