package io.cairnfs.protocol.transport.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import io.cairnfs.protocol.admission.ClosedAdmission;
import io.cairnfs.protocol.admission.JoinToken;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import io.cairnfs.protocol.transport.message.Hello;
import io.cairnfs.protocol.transport.message.RequestHeader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node meets peers that break every rule, and goes on serving an honest one. */
@Timeout(60)
@Order(1)
final class HostileInputTest {

  private static final Method<StringValue, StringValue> ECHO =
      new Method<>(1, "test.echo", StringValue.parser(), StringValue.parser());
  private static final Method<StringValue, StringValue> LARGE =
      new Method<>(2, "test.large", StringValue.parser(), StringValue.parser());
  private static final Method<StringValue, StringValue> HANG =
      new Method<>(3, "test.hang", StringValue.parser(), StringValue.parser());
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final long SEED = 42;

  private final JoinToken token = JoinToken.generate();
  private final Identity nodeIdentity = Identity.generate();
  private final Identity hostileIdentity = Identity.generate();
  private final IdentityCertificate certificate = IdentityCertificate.create(hostileIdentity);
  private final AtomicInteger served = new AtomicInteger();
  private NettyTransport node;
  private NettyTransport honest;
  private SocketAddress address;

  @BeforeEach
  void start() throws Exception {
    node = NettyTransport.open(nodeIdentity, admission(nodeIdentity), TestConfigs.impatient());
    node.handle(
        ECHO,
        (caller, request, timeout) -> {
          served.incrementAndGet();
          return request;
        });
    node.handle(
        LARGE,
        (caller, request, timeout) ->
            new Envelope<>(request.message(), List.of(new byte[1 << 20])));
    node.handle(
        HANG,
        (caller, request, timeout) -> {
          Thread.sleep(timeout);
          return request;
        });
    address = node.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Identity identity = Identity.generate();
    honest = NettyTransport.open(identity, admission(identity), TransportConfig.defaults());
  }

  /** Whatever happened, an honest peer is served and nothing is held. */
  @AfterEach
  void honestPeersAreServed() throws Exception {
    try {
      Envelope<StringValue> hello = Envelope.of(StringValue.of("hello"));
      assertEquals(
          "hello",
          honest
              .request(new Peer(nodeIdentity.id(), List.of(address)), ECHO, hello, LONG)
              .message()
              .getValue());
      long start = System.nanoTime();
      while (node.requestBytes() + node.replyBytes() > 0) {
        assertTrue(
            System.nanoTime() - start < LONG.toNanos(),
            () -> node.requestBytes() + " and " + node.replyBytes() + " bytes are held");
        Thread.sleep(10);
      }
    } finally {
      honest.close();
      node.close();
    }
  }

  private ClosedAdmission admission(Identity identity) {
    return new ClosedAdmission(identity.id(), Set.of(), token, id -> {});
  }

  private byte[] proof() {
    return admission(hostileIdentity).proofFor(nodeIdentity.id());
  }

  private HostilePeer stranger() throws Exception {
    return HostilePeer.tls(address, certificate);
  }

  private HostilePeer member() throws Exception {
    return stranger().hello(proof());
  }

  @Test
  void bytesThatAreNoTlsEndTheConnection() throws Exception {
    Random random = new Random(SEED);
    for (int i = 0; i < 20; i++) {
      byte[] noise = new byte[1 + random.nextInt(5000)];
      random.nextBytes(noise);
      try (HostilePeer peer = HostilePeer.bare(address)) {
        peer.send(noise).awaitEnd();
      }
    }
  }

  @Test
  void bytesThatAreNoFramesAreAnsweredAndEndTheConnection() throws Exception {
    Random random = new Random(SEED);
    for (int i = 0; i < 20; i++) {
      byte[] noise = new byte[FrameKind.PRELUDE_BYTES + random.nextInt(5000)];
      random.nextBytes(noise);
      try (HostilePeer peer = member()) {
        WireError error = peer.send(noise).readFailure(0);
        assertTrue(
            error == WireError.MALFORMED || error == WireError.TOO_LARGE, error + ", seed " + SEED);
        peer.awaitEnd();
      }
    }
  }

  @Test
  void oversizedFramesAreRefusedByTheirLengthsAlone() throws Exception {
    assertRefused(WireError.TOO_LARGE, "02000000" + "00000001" + "7fffffff" + "00000000");
    assertRefused(WireError.TOO_LARGE, "02000000" + "00000001" + "00000001" + "ffffffff");
    assertRefused(WireError.TOO_LARGE, "05000000" + "00000001" + "00000001" + "00000000");
  }

  @Test
  void framesOutOfPlaceAreRefused() throws Exception {
    assertRefused(
        WireError.MALFORMED, "03000000" + "00000001" + "00000000" + "00000000"); // answers nothing
    assertRefused(
        WireError.MALFORMED, "01000000" + "00000000" + "00000000" + "00000000"); // a second hello
    assertRefused(
        WireError.MALFORMED, "02000000" + "00000000" + "00000000" + "00000000"); // request 0
    assertRefused(
        WireError.MALFORMED, "08000000" + "00000000" + "00000000" + "00000000"); // no such kind
    assertRefused(
        WireError.MALFORMED,
        "02000000" + "00000001" + "00000001" + "00000000" + "ff"); // bad protobuf
    assertRefused(
        WireError.MALFORMED,
        "02000000" + "00000001" + "00000002" + "00000002" + "0801"); // 2 are not 0
  }

  private void assertRefused(WireError error, String frame) throws Exception {
    try (HostilePeer peer = member()) {
      assertEquals(error, peer.send(HexFormat.of().parseHex(frame)).readFailure(0), frame);
      peer.awaitEnd();
    }
  }

  @Test
  void bodiesThatDoNotAddUpAreRefused() throws Exception {
    RequestHeader header =
        RequestHeader.newBuilder().setMethod(1).addBodyLength(-1).addBodyLength(2).build();
    byte[] frame = FrameEncoder.encode(FrameKind.REQUEST, 1, header, List.of(new byte[1]));
    try (HostilePeer peer = member()) {
      assertEquals(WireError.MALFORMED, peer.send(frame).readFailure(0));
      peer.awaitEnd();
    }
  }

  @Test
  void badRequestsAreAnsweredAndTheConnectionGoesOn() throws Exception {
    try (HostilePeer peer = member()) {
      peer.send(
          FrameKind.REQUEST,
          1,
          RequestHeader.newBuilder().setMethod(9999).setTimeoutMillis(1000).build());
      assertEquals(WireError.UNKNOWN_METHOD, peer.readFailure(1));
      peer.send(
          FrameKind.REQUEST,
          2,
          RequestHeader.newBuilder()
              .setMethod(1)
              .setTimeoutMillis(1000)
              .setMessage(ByteString.fromHex("ff"))
              .build());
      assertEquals(WireError.MALFORMED, peer.readFailure(2));
    }
  }

  @Test
  void strangersAreServedNothing() throws Exception {
    RequestHeader request = RequestHeader.newBuilder().setMethod(1).setTimeoutMillis(1000).build();
    try (HostilePeer peer = stranger()) {
      assertEquals(WireError.NOT_ADMITTED, peer.hello(new byte[32]).readFailure(0));
      peer.awaitEnd();
    }
    try (HostilePeer peer = stranger()) {
      assertEquals(WireError.MALFORMED, peer.send(FrameKind.REQUEST, 1, request).readFailure(0));
      peer.awaitEnd();
    }
    assertEquals(0, served.get());
  }

  @Test
  void otherVersionsAreTold() throws Exception {
    try (HostilePeer peer = stranger()) {
      peer.send(FrameKind.HELLO, 0, Hello.newBuilder().setMinVersion(2).setMaxVersion(3).build());
      assertEquals(WireError.VERSION, peer.readFailure(0));
      peer.awaitEnd();
    }
  }

  @Test
  void aStrangerIsToldWhyItsCallsFail() {
    Identity identity = Identity.generate();
    try (NettyTransport stranger =
        NettyTransport.open(
            identity,
            new ClosedAdmission(
                identity.id(), Set.of(nodeIdentity.id()), JoinToken.generate(), id -> {}),
            TransportConfig.defaults())) {
      assertEquals(
          WireError.NOT_ADMITTED, errorOf(stranger, new Peer(nodeIdentity.id(), List.of(address))));
    }
    assertEquals(0, served.get());
  }

  @Test
  void theCallerChecksWhoAnswers() {
    assertEquals(
        WireError.WRONG_IDENTITY,
        errorOf(honest, new Peer(hostileIdentity.id(), List.of(address))));
    Identity identity = Identity.generate();
    try (NettyTransport distrustful =
        NettyTransport.open(
            identity,
            new ClosedAdmission(identity.id(), Set.of(), null, id -> {}),
            TransportConfig.defaults())) {
      assertEquals(
          WireError.NOT_ADMITTED,
          errorOf(distrustful, new Peer(nodeIdentity.id(), List.of(address))));
    }
    assertEquals(0, served.get());
  }

  private static WireError errorOf(NettyTransport caller, Peer peer) {
    return assertThrows(
            WireException.class,
            () ->
                caller.request(peer, ECHO, Envelope.of(StringValue.of("")), Duration.ofSeconds(5)))
        .error();
  }

  @Test
  void aForgedIdentityIsRefused() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair pair = generator.generateKeyPair();
    byte[] otherSignature =
        nodeIdentity.sign(
            IdentityCertificate.signedBytes(generator.generateKeyPair().getPublic().getEncoded()));
    for (byte[] signature : List.of(new byte[64], new byte[3], otherSignature)) {
      IdentityCertificate forged =
          IdentityCertificate.create(pair, nodeIdentity.publicKey(), signature);
      try (HostilePeer peer = HostilePeer.tls(address, forged)) {
        peer.hello(proof()).awaitEnd();
      } catch (IOException e) {
        // Refused so early that the handshake or the hello fails here.
      }
    }
    assertEquals(0, served.get());
    assertTrue(node.connectionCount() <= 1, () -> node.connectionCount() + " connections");
  }

  @Test
  void aSlowHandshakeEnds() throws Exception {
    try (HostilePeer silent = HostilePeer.bare(address);
        HostilePeer trickling = HostilePeer.bare(address);
        HostilePeer unannounced = stranger()) {
      trickling.send(new byte[] {0x16});
      silent.awaitEnd();
      trickling.awaitEnd();
      unannounced.awaitEnd();
    }
  }

  @Test
  void aFrameThatIsNeverFinishedEnds() throws Exception {
    try (HostilePeer peer = member()) {
      byte[] frame =
          FrameEncoder.encode(
              FrameKind.REQUEST,
              1,
              RequestHeader.newBuilder().setMethod(1).addBodyLength(4 << 20).build(),
              List.of(new byte[4 << 20]));
      assertEquals(WireError.TIMEOUT, peer.send(frame).send(new byte[10]).readFailure(0));
      peer.awaitEnd();
    }
  }

  @Test
  void aSilentPeerEnds() throws Exception {
    try (HostilePeer peer = member()) {
      peer.awaitEnd(); // it answers no ping
    }
  }

  @Test
  void peersThatStopReadingHoldLittle() throws Exception {
    List<HostilePeer> peers = new ArrayList<>();
    RequestHeader large = RequestHeader.newBuilder().setMethod(2).setTimeoutMillis(20_000).build();
    for (int i = 0; i < 8; i++) {
      HostilePeer peer = member();
      peers.add(peer);
      for (int id = 1; id <= 100; id++) {
        peer.send(FrameKind.REQUEST, id, large);
      }
    }
    long most = 0;
    for (int i = 0; i < 100; i++) {
      most = Math.max(most, node.replyBytes());
      Thread.sleep(10);
    }
    // The budget, and the first replies, whose size nobody could know.
    assertTrue(most < 48 << 20, most + " bytes of replies were held");
    for (HostilePeer peer : peers) {
      peer.close();
    }
  }

  @Test
  void whoAsksWhatCannotBeAnsweredIsSlowedDown() throws Exception {
    byte[] frame =
        FrameEncoder.encode(
            FrameKind.REQUEST,
            1,
            RequestHeader.newBuilder().setMethod(9).setTimeoutMillis(1000).build(),
            List.of());
    int answered = 0;
    try (HostilePeer first = member();
        HostilePeer second = member()) {
      long start = System.nanoTime();
      while (System.nanoTime() - start < 1_000_000_000L) {
        HostilePeer peer = answered % 2 == 0 ? first : second;
        answered++;
        FrameEncoder.setId(frame, answered);
        assertEquals(WireError.UNKNOWN_METHOD, peer.send(frame).readFailure(answered));
      }
    }
    assertTrue(answered < 100, answered + " requests of one identity were answered in a second");
  }

  @Test
  void membersThatHangOrDoNotReadLeaveOthersTheirShare() throws Exception {
    List<HostilePeer> peers = new ArrayList<>();
    RequestHeader hang = RequestHeader.newBuilder().setMethod(3).setTimeoutMillis(20_000).build();
    RequestHeader large = RequestHeader.newBuilder().setMethod(2).setTimeoutMillis(20_000).build();
    RequestHeader promise =
        RequestHeader.newBuilder()
            .setMethod(1)
            .setTimeoutMillis(20_000)
            .addBodyLength(4 << 20)
            .build();
    byte[] unfinished =
        FrameEncoder.encode(FrameKind.REQUEST, 300, promise, List.of(new byte[4 << 20]));
    for (int i = 0; i < 40; i++) {
      Identity identity = Identity.generate();
      HostilePeer peer = HostilePeer.tls(address, IdentityCertificate.create(identity));
      peer.hello(admission(identity).proofFor(nodeIdentity.id()));
      for (int id = 1; id <= 200; id++) {
        peer.send(FrameKind.REQUEST, id, i % 2 == 0 ? hang : large);
      }
      peer.send(unfinished);
      peers.add(peer);
    }
    Peer peer = new Peer(nodeIdentity.id(), List.of(address));
    Envelope<StringValue> small =
        new Envelope<>(StringValue.of("small"), List.of(new byte[64 << 10]));
    for (int i = 0; i < 100; i++) {
      assertEquals("small", honest.request(peer, ECHO, small, LONG).message().getValue());
    }
    for (HostilePeer hostile : peers) {
      hostile.close();
    }
  }

  @Test
  void floodsOfRequestsAreRefused() throws Exception {
    byte[] frame =
        FrameEncoder.encode(
            FrameKind.REQUEST,
            1,
            RequestHeader.newBuilder().setMethod(9).setTimeoutMillis(20_000).build(),
            List.of());
    try (HostilePeer peer = member()) {
      for (int i = 1; i <= 20_000; i++) {
        FrameEncoder.setId(frame, i);
        peer.send(frame);
      }
      assertEquals(WireError.UNKNOWN_METHOD, peer.readFailure(1));
    } catch (IOException e) {
      // Cut off: as good.
    }
  }
}
