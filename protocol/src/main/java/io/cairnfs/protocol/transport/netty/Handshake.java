package io.cairnfs.protocol.transport.netty;

import com.google.protobuf.ByteString;
import io.cairnfs.protocol.admission.Admission;
import io.cairnfs.protocol.identity.Key256;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.message.Hello;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.CertificateException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the two ends of a connection come to know each other: TLS tells who the peer is, hellos tell
 * versions and windows, and each side admits the other. Event loop only.
 */
final class Handshake {

  /** Versions of the protocol that this side speaks. */
  static final int MIN_VERSION = 1;

  static final int MAX_VERSION = 1;

  private final Node node;
  private final Channel channel;
  private final boolean inbound;
  private final boolean local;
  private final @Nullable NodeId expected;
  private @Nullable NodeId peer;
  private boolean done;

  /**
   * @param local whether it is a Unix domain socket, which needs no TLS: its file's mode admits
   * @param expected the identity that must answer; null for any that is admitted
   */
  Handshake(Node node, Channel channel, boolean inbound, boolean local, @Nullable NodeId expected) {
    this.node = node;
    this.channel = channel;
    this.inbound = inbound;
    this.local = local;
    this.expected = expected;
  }

  /** Whether the peer was admitted. */
  boolean isDone() {
    return done;
  }

  /** Who the peer is, as far as is known. */
  @Nullable NodeId peer() {
    return peer;
  }

  /** TLS has verified the peer's certificate. */
  void identify(SslHandler tls) throws WireException {
    try {
      NodeId id = Tls.peerOf(tls);
      peer = id;
      check(id);
      greet();
    } catch (CertificateException e) {
      throw failure(e);
    }
  }

  private void check(NodeId id) throws WireException {
    if (expected != null && !expected.equals(id)) {
      throw new WireException(WireError.WRONG_IDENTITY, "expected " + expected + ", found " + id);
    }
  }

  /** Why TLS failed. */
  static WireException failure(Throwable cause) {
    for (Throwable reason = cause; reason != null; reason = reason.getCause()) {
      if (reason instanceof CertificateException) {
        return new WireException(
            WireError.WRONG_IDENTITY, String.valueOf(reason.getMessage()), cause);
      }
    }
    return new WireException(
        WireError.UNREACHABLE, "the TLS handshake failed: " + cause.getMessage(), cause);
  }

  /** Sends this side's hello. */
  void greet() {
    Hello.Builder hello =
        Hello.newBuilder()
            .setMinVersion(MIN_VERSION)
            .setMaxVersion(MAX_VERSION)
            .setRequestWindowBytes(node.config().windowBytes());
    NodeId known = peer;
    if (local) {
      hello.setNodeId(ByteString.copyFrom(node.self().key().toBytes()));
    } else if (known != null) {
      hello.setProof(ByteString.copyFrom(node.admission().proofFor(known)));
    }
    byte[] frame = FrameEncoder.encode(FrameKind.HELLO, 0, hello.build(), List.of());
    channel
        .writeAndFlush(Unpooled.wrappedBuffer(frame))
        .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
  }

  /**
   * The peer's hello has come: who it is.
   *
   * @throws WireException if the peer is not spoken to
   */
  NodeId finish(Hello hello) throws WireException {
    if (hello.getMinVersion() > MAX_VERSION || hello.getMaxVersion() < MIN_VERSION) {
      throw new WireException(
          WireError.VERSION,
          "versions "
              + MIN_VERSION
              + " to "
              + MAX_VERSION
              + " are spoken here, not "
              + hello.getMinVersion()
              + " to "
              + hello.getMaxVersion());
    }
    NodeId id = local ? identifyLocal(hello) : peer;
    if (id == null) {
      throw new WireException(WireError.MALFORMED, "a hello came before its sender was known");
    }
    if (!local) {
      ByteString proof = hello.getProof();
      if (proof.size() > Admission.MAX_PROOF_BYTES
          || !node.admission().admits(id, proof.toByteArray())) {
        throw new WireException(WireError.NOT_ADMITTED, id + " is not admitted by " + node.self());
      }
    }
    peer = id;
    done = true;
    return id;
  }

  /** Programs behind a socket file of ours are ours. */
  private NodeId identifyLocal(Hello hello) throws WireException {
    if (inbound) {
      return node.self();
    }
    if (hello.getNodeId().size() != Key256.BYTES) {
      throw new WireException(WireError.MALFORMED, "the hello names no identity");
    }
    NodeId id = new NodeId(Key256.of(hello.getNodeId().toByteArray()));
    check(id);
    return id;
  }
}
