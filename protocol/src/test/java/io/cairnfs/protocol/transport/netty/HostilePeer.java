package io.cairnfs.protocol.transport.netty;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.message.FailureHeader;
import io.cairnfs.protocol.transport.message.Hello;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** A peer under a test's control, written against the wire and not against the transport's code. */
final class HostilePeer implements AutoCloseable {

  private static final int READ_TIMEOUT_MILLIS = 10_000;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;

  private HostilePeer(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(READ_TIMEOUT_MILLIS);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /** TCP without TLS. */
  static HostilePeer bare(SocketAddress address) throws IOException {
    Socket socket = new Socket();
    socket.connect(address);
    return new HostilePeer(socket);
  }

  /** TLS with a certificate. */
  static HostilePeer tls(SocketAddress address, IdentityCertificate certificate) throws Exception {
    InetSocketAddress internet = (InetSocketAddress) address;
    SSLSocket socket =
        (SSLSocket)
            context(certificate)
                .getSocketFactory()
                .createSocket(internet.getAddress(), internet.getPort());
    socket.setEnabledProtocols(new String[] {"TLSv1.3"});
    socket.startHandshake();
    return new HostilePeer(socket);
  }

  private static SSLContext context(IdentityCertificate certificate) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        "key",
        certificate.privateKey(),
        new char[0],
        new Certificate[] {certificate.certificate()});
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(keys, new char[0]);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(managers.getKeyManagers(), new TrustManager[] {new IdentityTrustManager()}, null);
    return context;
  }

  HostilePeer send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
    return this;
  }

  HostilePeer send(FrameKind kind, int id, @Nullable MessageLite header) throws IOException {
    return send(FrameEncoder.encode(kind, id, header, List.of()));
  }

  HostilePeer hello(byte[] proof) throws IOException {
    return send(
        FrameKind.HELLO,
        0,
        Hello.newBuilder()
            .setMinVersion(1)
            .setMaxVersion(1)
            .setProof(ByteString.copyFrom(proof))
            .setRequestWindowBytes(8 << 20)
            .build());
  }

  /** Reads frames until one that tells of a failure. */
  WireError readFailure(int id) throws IOException {
    while (true) {
      int kind = in.readByte();
      in.skipNBytes(3);
      int frameId = in.readInt();
      byte[] header = new byte[in.readInt()];
      int bodies = in.readInt();
      in.readFully(header);
      in.skipNBytes(bodies);
      if (kind == FrameKind.FAILURE.number && frameId == id) {
        return WireError.of(FailureHeader.parseFrom(header).getError());
      }
    }
  }

  /** Waits until the other side has closed the connection. */
  void awaitEnd() {
    long start = System.nanoTime();
    try {
      while (in.read() >= 0) {
        // What came before the end does not matter.
      }
    } catch (IOException e) {
      // A reset or a TLS alert is an end too.
    }
    assertTrue(
        System.nanoTime() - start < READ_TIMEOUT_MILLIS * 1_000_000L, "the connection stays open");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
