package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.identity.NodeId;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Mutual TLS 1.3 with certificates that carry identities; by BoringSSL where its native library is,
 * else by the JDK.
 */
final class Tls {

  private static final String PROTOCOL = "TLSv1.3";

  /**
   * AES-128 first: the fastest where the CPU has it; the other is for machines without. BoringSSL
   * chooses so itself.
   */
  private static final List<String> JDK_CIPHERS =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256");

  /**
   * Netty hands keys over in a store that never leaves memory. The default kind derives a key from
   * a password in ten thousand rounds each time, which takes a process that has just started
   * seconds.
   */
  private static final String KEY_STORE = "JKS";

  /** Encrypts many records at once: half the CPU per byte of the default. */
  private static final int WRAP_DATA_BYTES = 256 << 10;

  private final SslContext client;
  private final SslContext server;
  private final Duration handshakeTimeout;

  /**
   * One thread verifies certificates, so that handshakes neither block I/O nor take more than a
   * core.
   */
  private final ExecutorService handshakes =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("cairn-handshakes").factory());

  Tls(IdentityCertificate certificate, Duration handshakeTimeout, boolean nativeTls) {
    this.handshakeTimeout = handshakeTimeout;
    SslProvider provider =
        nativeTls && OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
    try {
      client =
          common(
                  SslContextBuilder.forClient()
                      .keyManager(certificate.privateKey(), certificate.certificate()),
                  provider)
              .endpointIdentificationAlgorithm("") // peers are known by identity, not by name
              .build();
      server =
          common(
                  SslContextBuilder.forServer(certificate.privateKey(), certificate.certificate()),
                  provider)
              .clientAuth(ClientAuth.REQUIRE)
              .build();
    } catch (SSLException e) {
      throw new IllegalStateException("TLS 1.3 cannot be set up: " + e.getMessage(), e);
    }
  }

  private static SslContextBuilder common(SslContextBuilder builder, SslProvider provider) {
    if (provider == SslProvider.JDK) {
      builder.ciphers(JDK_CIPHERS);
    }
    return builder
        .sslProvider(provider)
        .protocols(PROTOCOL)
        .keyStoreType(KEY_STORE)
        .trustManager(new IdentityTrustManager());
  }

  SslHandler handler(ByteBufAllocator allocator, boolean dialing) {
    SslHandler handler = (dialing ? client : server).newHandler(allocator, handshakes);
    handler.setWrapDataSize(WRAP_DATA_BYTES);
    handler.setHandshakeTimeout(handshakeTimeout.toMillis(), TimeUnit.MILLISECONDS);
    return handler;
  }

  /** The identity of the peer, after a handshake in which the trust manager verified it. */
  static NodeId peerOf(SslHandler handler) throws CertificateException {
    try {
      Certificate[] chain = handler.engine().getSession().getPeerCertificates();
      if (chain.length != 1 || !(chain[0] instanceof X509Certificate certificate)) {
        throw new CertificateException("a peer shows one X.509 certificate");
      }
      return IdentityCertificate.identityOf(certificate);
    } catch (SSLPeerUnverifiedException e) {
      throw new CertificateException("the peer shows no certificate", e);
    }
  }

  /** Frees native memory; no handler may be made after this. */
  void close() {
    handshakes.shutdown();
    ReferenceCountUtil.release(client);
    ReferenceCountUtil.release(server);
  }
}
