package io.cairnfs.protocol.transport.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.StringValue;
import io.cairnfs.protocol.admission.ClosedAdmission;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.Method;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.WireError;
import io.cairnfs.protocol.transport.WireException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs of one user reach each other by a file. */
@Timeout(30)
final class DomainSocketTest {

  private static final Method<StringValue, StringValue> WHO =
      new Method<>(1, "test.who", StringValue.parser(), StringValue.parser());

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theOwnersProgramsAreAdmitted(boolean nativeIo) throws Exception {
    TransportConfig config = nativeIo ? TransportConfig.defaults() : TestConfigs.withoutNatives();
    Identity identity = Identity.generate();
    Path file = directory.resolve("socket");
    Files.writeString(file, "left behind by a process that was killed");
    try (NettyTransport server = open(identity, config);
        NettyTransport stranger = open(Identity.generate(), config);
        NettyTransport same = open(identity, config)) {
      server.handle(
          WHO, (caller, request, timeout) -> new Envelope<>(text(caller.id()), request.bodies()));
      server.listen(UnixDomainSocketAddress.of(file));
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));

      List<SocketAddress> addresses = List.of(UnixDomainSocketAddress.of(file));
      for (Peer peer : List.of(new Peer(null, addresses), new Peer(identity.id(), addresses))) {
        assertEquals(identity.id(), ask(stranger, peer));
        assertEquals(identity.id(), ask(same, peer));
        assertEquals(identity.id(), ask(same, peer));
      }
      Peer other = new Peer(stranger.self(), addresses);
      WireException failure = assertThrows(WireException.class, () -> ask(same, other));
      assertEquals(WireError.WRONG_IDENTITY, failure.error());
      assertEquals(2, same.connectionCount());
    }
    assertFalse(Files.exists(file));
    try (var files = Files.list(directory)) {
      assertEquals(0, files.count());
    }
  }

  private static NettyTransport open(Identity identity, TransportConfig config) {
    return NettyTransport.open(
        identity, new ClosedAdmission(identity.id(), Set.of(), null, id -> {}), config);
  }

  private static NodeId ask(NettyTransport caller, Peer peer) throws Exception {
    Envelope<StringValue> request =
        new Envelope<>(StringValue.of(""), List.of(new byte[1 << 20], new byte[0], new byte[7]));
    Envelope<StringValue> reply = caller.request(peer, WHO, request, Duration.ofSeconds(10));
    assertEquals(3, reply.bodies().size());
    return NodeId.parse(reply.message().getValue());
  }

  private static StringValue text(NodeId id) {
    return StringValue.of(id.toString());
  }
}
