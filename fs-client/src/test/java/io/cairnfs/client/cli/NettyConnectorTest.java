package io.cairnfs.client.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairnfs.protocol.admin.AdminMethods;
import io.cairnfs.protocol.admin.message.NodeStatusReply;
import io.cairnfs.protocol.admission.ClosedAdmission;
import io.cairnfs.protocol.admission.JoinToken;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.transport.Envelope;
import io.cairnfs.protocol.transport.netty.NettyTransport;
import io.cairnfs.protocol.transport.netty.TransportConfig;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class NettyConnectorTest {

  @TempDir private Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void onlyTheTokenOpensACluster() throws Exception {
    JoinToken token = JoinToken.generate();
    Path right = directory.resolve("right");
    Path wrong = directory.resolve("wrong");
    token.save(right);
    JoinToken.generate().save(wrong);
    Identity identity = Identity.generate();
    ClosedAdmission admission = new ClosedAdmission(identity.id(), Set.of(), token, admitted -> {});
    try (NettyTransport node =
        NettyTransport.open(identity, admission, TransportConfig.defaults())) {
      node.handle(
          AdminMethods.NODE_STATUS,
          (caller, request, timeout) ->
              Envelope.of(NodeStatusReply.newBuilder().setId(identity.id().toString()).build()));
      InetSocketAddress address =
          (InetSocketAddress)
              node.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      String at = "127.0.0.1:" + address.getPort();

      assertEquals(ExitCode.OK, status(at, right));
      assertTrue(out.toString(UTF_8).contains(identity.id().toString()));
      assertEquals("", err.toString(UTF_8));

      out.reset();
      assertEquals(ExitCode.FAILED, status(at, wrong));
      assertEquals("", out.toString(UTF_8));
      assertTrue(err.toString(UTF_8).contains("--token-file"), () -> err.toString(UTF_8));
    }
  }

  @Test
  void understandsAddresses() throws Exception {
    assertEquals(7440, NettyConnector.parse("127.0.0.1").getPort());
    assertEquals(1, NettyConnector.parse("127.0.0.1:1").getPort());
    assertEquals(9, NettyConnector.parse("[::1]:9").getPort());
    assertEquals(7440, NettyConnector.parse("::1").getPort());
    for (String wrong : new String[] {"", ":1", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:x"}) {
      assertThrows(CommandException.class, () -> NettyConnector.parse(wrong), wrong);
    }
  }

  private int status(String node, Path tokenFile) {
    Console console = new Console(InputStream.nullInputStream(), out, err);
    Path data = directory.resolve("data");
    return CairnCommand.commandLine(
            console, new NettyConnector(new ClientPaths(data, data.resolve("client.toml"), data)))
        .execute("node", "status", "--node", node, "--token-file", tokenFile.toString());
  }
}
