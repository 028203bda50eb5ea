package io.cairnfs.protocol.identity;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;

/**
 * An Ed25519 key pair and the id that follows from it: who a node, client or volume is. Immutable
 * and thread-safe.
 *
 * <p>Its text form is the PKCS #8 private key in PEM (RFC 8410), as {@code openssl pkey} reads and
 * writes it.
 */
public final class Identity {

  private static final String PEM_BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String PEM_END = "-----END PRIVATE KEY-----";
  private static final int PEM_LINE = 64;

  private static final String ALGORITHM = "Ed25519";

  private final PrivateKey privateKey;
  private final Ed25519PrivateKeyParameters signingKey;
  private final byte[] publicKey;
  private final NodeId id;

  private Identity(PrivateKey privateKey, Ed25519PrivateKeyParameters signingKey) {
    this.privateKey = privateKey;
    this.signingKey = signingKey;
    this.publicKey = signingKey.generatePublicKey().getEncoded();
    this.id = NodeId.ofPublicKey(publicKey);
  }

  /** A new identity from the system's random source. */
  public static Identity generate() {
    try {
      return of(KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair().getPrivate());
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has Ed25519", e);
    }
  }

  /**
   * Loads an identity.
   *
   * @throws IOException if the file cannot be read, is no key, or is open to others than its owner;
   *     the message says what to do
   */
  public static Identity load(Path file) throws IOException {
    String pem = SecretFile.read(file);
    try {
      return parse(pem);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " holds no Ed25519 private key: " + e.getMessage(), e);
    }
  }

  /**
   * Saves the identity to a new file of mode 0600.
   *
   * @throws java.nio.file.FileAlreadyExistsException if the file exists
   */
  public void save(Path file) throws IOException {
    SecretFile.create(file, toPem());
  }

  /**
   * Parses the text form.
   *
   * @throws IllegalArgumentException if it is not one
   */
  public static Identity parse(String pem) {
    String trimmed = pem.strip();
    if (!trimmed.startsWith(PEM_BEGIN) || !trimmed.endsWith(PEM_END)) {
      throw new IllegalArgumentException("a private key in PEM begins with " + PEM_BEGIN);
    }
    String base64 = trimmed.substring(PEM_BEGIN.length(), trimmed.length() - PEM_END.length());
    byte[] encoded = Base64.getMimeDecoder().decode(base64);
    try {
      return of(
          KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(encoded)));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the PEM holds another kind of key", e);
    }
  }

  /** The text form: secret. */
  public String toPem() {
    String base64 =
        Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'}).encodeToString(privateKey.getEncoded());
    return PEM_BEGIN + "\n" + base64 + "\n" + PEM_END + "\n";
  }

  private static Identity of(PrivateKey key) throws GeneralSecurityException {
    byte[] seed =
        ((EdECPrivateKey) key)
            .getBytes()
            .orElseThrow(() -> new GeneralSecurityException("the key does not show its bytes"));
    return new Identity(key, new Ed25519PrivateKeyParameters(seed));
  }

  /** The raw 32-byte public key, copied. */
  public byte[] publicKey() {
    return publicKey.clone();
  }

  public NodeId id() {
    return id;
  }

  /** The 64-byte signature over a message. */
  public byte[] sign(byte[] message) {
    return Ed25519.sign(signingKey, message);
  }

  /** The id; never the key. */
  @Override
  public String toString() {
    return id.toString();
  }
}
