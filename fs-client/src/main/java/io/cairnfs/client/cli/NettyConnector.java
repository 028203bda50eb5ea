package io.cairnfs.client.cli;

import io.cairnfs.protocol.admission.ClosedAdmission;
import io.cairnfs.protocol.admission.JoinToken;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.identity.NodeId;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.netty.NettyTransport;
import io.cairnfs.protocol.transport.netty.TransportConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reaches nodes over the network or the embedded one, as this user's identity, which is made when
 * it is first needed.
 */
final class NettyConnector implements Connector {

  private static final int DEFAULT_PORT = 7440;
  private static final int MAX_PORT = 65535;

  private final ClientPaths paths;

  NettyConnector(ClientPaths paths) {
    this.paths = paths;
  }

  @Override
  public Connection connect(ClusterAccess access) throws CommandException, IOException {
    if (access.nodes().isEmpty()) {
      return new EmbeddedAccess(paths).connect(ClientIdentity.of(paths));
    }
    Path tokenFile = access.tokenFile();
    if (tokenFile == null) {
      throw new CommandException(
          "no join token named; name its file with --token-file FILE or CAIRN_TOKEN_FILE");
    }
    List<SocketAddress> addresses = new ArrayList<>();
    for (String node : access.nodes()) {
      addresses.add(parse(node));
    }
    JoinToken token = JoinToken.load(tokenFile);
    Identity identity = ClientIdentity.of(paths);
    // Whoever answers has to have the token too: an impostor's proof would be wrong.
    ClosedAdmission admission = new ClosedAdmission(identity.id(), Set.of(), token, admitted -> {});
    return new Connection(
        NettyTransport.open(identity, admission, TransportConfig.defaults()),
        new Peer(null, addresses));
  }

  /** A node as another one's status describes it. */
  static Peer peer(String id, List<String> addresses) throws CommandException {
    List<SocketAddress> parsed = new ArrayList<>();
    for (String address : addresses) {
      parsed.add(parse(address));
    }
    return new Peer(NodeId.parse(id), parsed);
  }

  /**
   * @param node such as {@code host}, {@code host:7440} or {@code [::1]:7440}
   */
  static InetSocketAddress parse(String node) throws CommandException {
    int colon = node.lastIndexOf(':');
    boolean hasPort =
        colon > node.lastIndexOf(']') && colon == node.indexOf(':', node.indexOf(']') + 1);
    String host = hasPort ? node.substring(0, colon) : node;
    int port = hasPort ? port(node, node.substring(colon + 1)) : DEFAULT_PORT;
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (host.isEmpty() || address.isUnresolved()) {
      throw new CommandException("no such host: '" + host + "', of --node " + node);
    }
    return address;
  }

  private static int port(String node, String digits) throws CommandException {
    if (digits.matches("\\d{1,5}")) {
      int port = Integer.parseInt(digits);
      if (port > 0 && port <= MAX_PORT) {
        return port;
      }
    }
    throw new CommandException("no such port: '" + digits + "', of --node " + node);
  }
}
