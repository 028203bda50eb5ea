package io.cairnfs.protocol.transport.netty;

import io.cairnfs.protocol.admission.ClosedAdmission;
import io.cairnfs.protocol.admission.JoinToken;
import io.cairnfs.protocol.identity.Identity;
import io.cairnfs.protocol.transport.Peer;
import io.cairnfs.protocol.transport.Transport;
import io.cairnfs.protocol.transport.TransportContract;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The contract over TCP and TLS, with a join token. */
class NettyTransportTest extends TransportContract {

  private final List<NettyTransport> opened = new ArrayList<>();
  private final JoinToken token = JoinToken.generate();

  @Override
  protected List<Transport> open() {
    return List.of(openOne(), openOne());
  }

  NettyTransport openOne() {
    Identity identity = Identity.generate();
    NettyTransport transport =
        NettyTransport.open(
            identity, new ClosedAdmission(identity.id(), Set.of(), token, id -> {}), config());
    opened.add(transport);
    return transport;
  }

  TransportConfig config() {
    return TransportConfig.defaults();
  }

  SocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  @Override
  protected Peer listen(Transport server) throws Exception {
    return new Peer(server.self(), List.of(((NettyTransport) server).listen(address())));
  }

  @Override
  protected Peer nobody() throws Exception {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new Peer(Identity.generate().id(), List.of(free.getLocalSocketAddress()));
    }
  }

  @Override
  protected void closeAll() {
    opened.forEach(NettyTransport::close);
  }
}
