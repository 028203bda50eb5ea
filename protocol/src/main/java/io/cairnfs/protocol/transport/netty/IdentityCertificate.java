package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.identity.Ed25519;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A self-signed P-256 certificate that carries an Ed25519 identity: an extension holds the
 * identity's public key and its signature over the certificate's key. (TLS libraries do not agree
 * on Ed25519 certificates; they do on P-256.)
 *
 * <p>Source: the TLS specification of libp2p.
 *
 * @param privateKey the certificate's key
 */
record IdentityCertificate(X509Certificate certificate, PrivateKey privateKey) {

  static final String EXTENSION = "1.3.6.1.4.1.53594.1.1";

  private static final byte[] SIGNED_PREFIX =
      "libp2p-tls-handshake:".getBytes(StandardCharsets.US_ASCII);

  /**
   * What precedes the raw key in libp2p's protobuf of it: field 1, type Ed25519; field 2, 32 bytes.
   */
  private static final byte[] KEY_PREFIX = {0x08, 0x01, 0x12, Ed25519.PUBLIC_KEY_BYTES};

  /** A certificate lives as long as its process; clocks may be off by an hour. */
  private static final Duration BACKDATED = Duration.ofHours(1);

  private static final Duration VALIDITY = Duration.ofDays(10 * 365);
  private static final int SERIAL_BITS = 64;

  /** A new certificate for an identity, with a key of its own. */
  static IdentityCertificate create(Identity identity) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      byte[] signature = identity.sign(signedBytes(pair.getPublic().getEncoded()));
      return create(pair, identity.publicKey(), signature);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has P-256", e);
    }
  }

  /** A certificate whose extension claims a key with a signature, right or wrong. */
  static IdentityCertificate create(KeyPair pair, byte[] claimedKey, byte[] signature) {
    try {
      byte[] encodedKey = Arrays.copyOf(KEY_PREFIX, KEY_PREFIX.length + claimedKey.length);
      System.arraycopy(claimedKey, 0, encodedKey, KEY_PREFIX.length, claimedKey.length);
      X500Name nobody = new X500Name("CN=cairn");
      Instant now = Instant.now();
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              nobody,
              new BigInteger(SERIAL_BITS, new SecureRandom()).add(BigInteger.ONE),
              Date.from(now.minus(BACKDATED)),
              Date.from(now.plus(VALIDITY)),
              nobody,
              pair.getPublic());
      builder.addExtension(
          new ASN1ObjectIdentifier(EXTENSION),
          false,
          new DERSequence(
              new DEROctetString[] {
                new DEROctetString(encodedKey), new DEROctetString(signature)
              }));
      X509CertificateHolder holder =
          builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
      return new IdentityCertificate(
          new JcaX509CertificateConverter().getCertificate(holder), pair.getPrivate());
    } catch (IOException | OperatorCreationException | CertificateException e) {
      throw new AssertionError("a certificate of our own making is well formed", e);
    }
  }

  /** What an identity signs to vouch for a certificate's key. */
  static byte[] signedBytes(byte[] certificateKey) {
    byte[] signed = Arrays.copyOf(SIGNED_PREFIX, SIGNED_PREFIX.length + certificateKey.length);
    System.arraycopy(certificateKey, 0, signed, SIGNED_PREFIX.length, certificateKey.length);
    return signed;
  }

  /**
   * The identity that a peer's certificate chain proves.
   *
   * @throws CertificateException if it proves none
   */
  static NodeId verify(X509Certificate[] chain) throws CertificateException {
    if (chain.length != 1) {
      throw new CertificateException("a peer shows one certificate, not " + chain.length);
    }
    X509Certificate certificate = chain[0];
    certificate.checkValidity();
    Set<String> critical = certificate.getCriticalExtensionOIDs();
    if (critical != null && !Set.of(EXTENSION).containsAll(critical)) {
      throw new CertificateException("the certificate has an unknown critical extension");
    }
    try {
      certificate.verify(certificate.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new CertificateException("the certificate is not signed by its own key", e);
    }
    Claim claim = claimOf(certificate);
    if (!Ed25519.verify(
        claim.key, signedBytes(certificate.getPublicKey().getEncoded()), claim.signature)) {
      throw new CertificateException("the identity did not sign the certificate's key");
    }
    return NodeId.ofPublicKey(claim.key);
  }

  /**
   * The identity in a certificate that was verified before: verifying costs a millisecond.
   *
   * @throws CertificateException if there is none
   */
  static NodeId identityOf(X509Certificate verified) throws CertificateException {
    return NodeId.ofPublicKey(claimOf(verified).key);
  }

  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  private record Claim(byte[] key, byte[] signature) {}

  private static Claim claimOf(X509Certificate certificate) throws CertificateException {
    byte[] extension = certificate.getExtensionValue(EXTENSION);
    if (extension == null) {
      throw new CertificateException("the certificate carries no identity");
    }
    byte[] key;
    byte[] signature;
    try {
      ASN1Sequence signed =
          ASN1Sequence.getInstance(ASN1OctetString.getInstance(extension).getOctets());
      if (signed.size() != 2) {
        throw new CertificateException("the identity's extension has " + signed.size() + " parts");
      }
      key = ASN1OctetString.getInstance(signed.getObjectAt(0)).getOctets();
      signature = ASN1OctetString.getInstance(signed.getObjectAt(1)).getOctets();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new CertificateException("the identity's extension is malformed", e);
    }
    if (key.length != KEY_PREFIX.length + Ed25519.PUBLIC_KEY_BYTES
        || !Arrays.equals(key, 0, KEY_PREFIX.length, KEY_PREFIX, 0, KEY_PREFIX.length)) {
      throw new CertificateException("the identity is no Ed25519 key");
    }
    return new Claim(Arrays.copyOfRange(key, KEY_PREFIX.length, key.length), signature);
  }
}
